#include <stint/extension/lock_store.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <stint/error.hpp>

#include "lock_values.hpp"

namespace stint {

namespace {

constexpr column_type text{data_type::text};
constexpr column_type integer{data_type::integer};
constexpr column_type boolean{data_type::boolean};

std::vector<std::string> read_texts(connection& link, std::string const& sql, std::vector<value> const& parameters,
                                    deadline until) {
    std::vector<std::string> result;
    link.query(
        sql, parameters, std::array{text},
        [&](std::span<value> row) { result.push_back(std::get<std::string>(std::move(row.front()))); }, until);
    return result;
}

std::set<std::pair<std::string, std::int64_t>> read_released(connection& link, std::string const& sql,
                                                             std::vector<value> const& parameters, deadline until) {
    std::set<std::pair<std::string, std::int64_t>> result;
    link.query(
        sql, parameters, std::array{text, integer},
        [&](std::span<value> row) {
            result.emplace(std::get<std::string>(std::move(row[0])), std::get<std::int64_t>(row[1]));
        },
        until);
    return result;
}

std::vector<std::string> names_of(std::span<lease const> leases) {
    std::vector<std::string> names;
    for (auto const& lease : leases) names.push_back(lease.name);
    return names;
}

/// A lease that is still held, as the database says after a renewal.
struct renewed_row {
    std::string  name;
    std::int64_t fence;
    deadline     ends;
    bool         ending;
};

std::vector<renewed_row> read_renewed(connection& link, std::string const& sql, std::vector<value> const& parameters,
                                      deadline until) {
    auto const               began = deadline::clock::now();
    std::vector<renewed_row> result;
    link.query(
        sql, parameters, std::array{text, integer, integer, boolean},
        [&](std::span<value> row) {
            result.push_back({std::get<std::string>(std::move(row[0])), std::get<std::int64_t>(row[1]),
                              end_of_lease(began, row[2]), std::get<bool>(row[3])});
        },
        until);
    std::ranges::sort(result, {}, &renewed_row::name);
    return result;
}

}  // namespace

lock_store const& lock_store::of(engine const& kind) {
    if (auto const* const keeps = dynamic_cast<lock_keeping_engine const*>(&kind)) return keeps->locks();
    throw usage_error("the engine " + std::string(kind.name()) + " keeps no offline locks");
}

std::vector<renewal> lock_store::renew(connection& link, std::span<lease const> leases,
                                       std::chrono::milliseconds length, std::chrono::milliseconds tenure,
                                       deadline until) const {
    return renewed(link, texts_.renew, leases, {json_of(leases), microseconds(length), microseconds(tenure)}, until);
}

std::vector<renewal> lock_store::renew_free(connection& link, std::span<lease const> leases,
                                            std::chrono::milliseconds length, std::chrono::milliseconds tenure,
                                            deadline until) const {
    return renewed(link, texts_.renew_free, leases, {json_of(leases), microseconds(length), microseconds(tenure)},
                   until);
}

std::vector<renewal> lock_store::renewed(connection& link, std::string const& sql, std::span<lease const> leases,
                                         std::vector<value> const& parameters, deadline until) const {
    auto const           held = read_renewed(link, sql, parameters, until);
    std::vector<renewal> result;
    std::vector<lease>   lost;
    for (auto const& lease : leases) {
        auto const found = std::ranges::lower_bound(held, lease.name, {}, &renewed_row::name);
        result.push_back({lease, renewal::state::lost});
        if (found != held.end() && found->name == lease.name && found->fence == lease.fence) {
            result.back().renewed.ends = found->ends;
            result.back().outcome = found->ending ? renewal::state::ending : renewal::state::renewed;
        } else {
            lost.push_back(lease);
        }
    }
    if (lost.empty()) return result;

    auto const holders = list(link, {}, names_of(lost), until);
    for (auto& renewal : result) {
        if (renewal.outcome != renewal::state::lost) continue;
        auto const holder = std::ranges::find(holders, renewal.renewed.name, &held_lock::name);
        if (holder == holders.end()) continue;
        renewal.now = *holder;
        if (holder->owner == renewal.renewed.owner && holder->fence == renewal.renewed.fence)
            renewal.outcome = renewal::state::busy;
    }
    return result;
}

std::vector<lease> lock_store::renew_all(connection& link, std::string const& owner, std::chrono::milliseconds length,
                                         deadline until) const {
    std::vector<lease> result;
    for (auto& row : read_renewed(link, texts_.renew_all, {owner, microseconds(length)}, until))
        result.push_back({.name = std::move(row.name), .owner = owner, .fence = row.fence, .ends = row.ends});
    return result;
}

std::vector<lease> lock_store::release(connection& link, std::span<lease const> leases, deadline until) const {
    bool const               is_single = leases.size() == 1;
    auto const&              first = leases.front();
    std::vector<value> const parameters = is_single ? std::vector<value>{first.name, first.owner, first.fence}
                                                    : std::vector<value>{json_of(leases)};
    auto const released = read_released(link, is_single ? texts_.release_one : texts_.release, parameters, until);
    std::vector<lease> lost;
    for (auto const& lease : leases)
        if (!released.contains({lease.name, lease.fence})) lost.push_back(lease);
    return lost;
}

std::size_t lock_store::release_all(connection& link, std::string const& owner, deadline until) const {
    return read_released(link, texts_.release_all, {owner}, until).size();
}

std::vector<held_lock> lock_store::list(connection& link, std::string const& owner, std::span<std::string const> names,
                                        deadline until) const {
    std::vector<value> parameters;
    auto               sql = texts_.list;
    if (!owner.empty()) {
        sql += texts_.of_owner;
        parameters.emplace_back(owner);
    } else if (!names.empty()) {
        sql += texts_.of_names;
        parameters.emplace_back(json_of(names));
    }
    std::vector<held_lock> result;
    link.query(
        sql + texts_.in_order, parameters, held_lock_types,
        [&](std::span<value> row) { result.push_back(held_lock_from(row)); }, until);
    return result;
}

std::size_t lock_store::purge(connection& link, std::chrono::seconds free_for, deadline until) const {
    constexpr std::chrono::hours longest{24 * 36525};  // a century: more overflows
    std::vector<value> const     parameters{microseconds(std::min<std::chrono::seconds>(free_for, longest))};
    link.execute(texts_.purge_line, until);
    std::size_t purged = 0;
    while (auto const some = link.execute(texts_.purge, parameters, until)) purged += some;
    return purged;
}

ticket lock_store::stand_in_line(connection& link, std::span<std::string const> names, std::string const& owner,
                                 std::chrono::milliseconds patience, deadline until) const {
    std::vector<value> const parameters{json_of(names), owner, microseconds(patience)};
    auto                     place = ticket::last;
    // The first of them: whoever stands before is then before in every line, so that nobody waits in a circle.
    link.query(
        texts_.stand_in_line, parameters, std::array{integer},
        [&](std::span<value> row) { place = std::min(place, ticket{std::get<std::int64_t>(row.front())}); }, until);
    return place;
}

void lock_store::leave_line(connection& link, std::span<std::string const> names, std::string const& owner,
                            deadline until) const {
    std::vector<value> const parameters{json_of(names), owner};
    link.execute(texts_.leave_line, parameters, until);
}

std::vector<std::string> lock_store::waiting_for(connection& link, std::string const& name, deadline until) const {
    return read_texts(link, texts_.waiting_for, {name}, until);
}

}  // namespace stint
