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

std::vector<std::string> read_texts(connection& on, std::string const& sql, std::vector<value> const& with,
                                    deadline until) {
    std::vector<std::string> result;
    on.query(
        sql, with, std::array{text},
        [&](std::span<value> row) { result.push_back(std::get<std::string>(std::move(row.front()))); }, until);
    return result;
}

std::set<std::pair<std::string, std::int64_t>> read_released(connection& on, std::string const& sql,
                                                             std::vector<value> const& with, deadline until) {
    std::set<std::pair<std::string, std::int64_t>> result;
    on.query(
        sql, with, std::array{text, integer},
        [&](std::span<value> row) {
            result.emplace(std::get<std::string>(std::move(row[0])), std::get<std::int64_t>(row[1]));
        },
        until);
    return result;
}

std::vector<std::string> names_of(std::span<lease const> leases) {
    std::vector<std::string> names;
    for (auto const& one : leases) names.push_back(one.name);
    return names;
}

/// A lease that is held still, as the answer to a renewal says.
struct renewed_row {
    std::string  name;
    std::int64_t fence;
    deadline     ends;
    bool         ending;
};

std::vector<renewed_row> read_renewed(connection& on, std::string const& sql, std::vector<value> const& with,
                                      deadline until) {
    auto const               began = deadline::clock::now();
    std::vector<renewed_row> result;
    on.query(
        sql, with, std::array{text, integer, integer, boolean},
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

std::vector<renewal> lock_store::renew(connection& on, std::span<lease const> leases, std::chrono::milliseconds by,
                                       std::chrono::milliseconds tenure, deadline until) const {
    return renewed(on, texts_.renew, leases, {json_of(leases), microseconds(by), microseconds(tenure)}, until);
}

std::vector<renewal> lock_store::renew_free(connection& on, std::span<lease const> leases, std::chrono::milliseconds by,
                                            std::chrono::milliseconds tenure, deadline until) const {
    return renewed(on, texts_.renew_free, leases, {json_of(leases), microseconds(by), microseconds(tenure)}, until);
}

std::vector<renewal> lock_store::renewed(connection& on, std::string const& sql, std::span<lease const> leases,
                                         std::vector<value> const& with, deadline until) const {
    auto const           held = read_renewed(on, sql, with, until);
    std::vector<renewal> result;
    std::vector<lease>   others;
    for (auto const& one : leases) {
        auto const found = std::ranges::lower_bound(held, one.name, {}, &renewed_row::name);
        result.push_back({one, renewal::state::lost});
        if (found != held.end() && found->name == one.name && found->fence == one.fence) {
            result.back().renewed.ends = found->ends;
            result.back().how = found->ending ? renewal::state::ending : renewal::state::renewed;
        } else {
            others.push_back(one);
        }
    }
    if (others.empty()) return result;

    auto const holders = list(on, {}, names_of(others), until);
    for (auto& one : result) {
        if (one.how != renewal::state::lost) continue;
        auto const holder = std::ranges::find(holders, one.renewed.name, &held_lock::name);
        if (holder == holders.end()) continue;
        one.now = *holder;
        if (holder->owner == one.renewed.owner && holder->fence == one.renewed.fence) one.how = renewal::state::busy;
    }
    return result;
}

std::vector<lease> lock_store::renew_all(connection& on, std::string const& owner, std::chrono::milliseconds by,
                                         deadline until) const {
    std::vector<lease> result;
    for (auto& one : read_renewed(on, texts_.renew_all, {owner, microseconds(by)}, until))
        result.push_back({.name = std::move(one.name), .owner = owner, .fence = one.fence, .ends = one.ends});
    return result;
}

std::vector<lease> lock_store::release(connection& on, std::span<lease const> leases, deadline until) const {
    bool const               is_one = leases.size() == 1;
    auto const&              first = leases.front();
    std::vector<value> const with = is_one ? std::vector<value>{first.name, first.owner, first.fence}
                                           : std::vector<value>{json_of(leases)};
    auto const               released = read_released(on, is_one ? texts_.release_one : texts_.release, with, until);
    std::vector<lease>       lost;
    for (auto const& one : leases)
        if (!released.contains({one.name, one.fence})) lost.push_back(one);
    return lost;
}

std::size_t lock_store::release_all(connection& on, std::string const& owner, deadline until) const {
    return read_released(on, texts_.release_all, {owner}, until).size();
}

std::vector<held_lock> lock_store::list(connection& on, std::string const& owner, std::span<std::string const> names,
                                        deadline until) const {
    std::vector<value> with;
    auto               sql = texts_.list;
    if (!owner.empty()) {
        sql += texts_.of_owner;
        with.emplace_back(owner);
    } else if (!names.empty()) {
        sql += texts_.of_names;
        with.emplace_back(json_of(names));
    }
    std::vector<held_lock> result;
    on.query(
        sql + texts_.in_order, with, held_lock_types,
        [&](std::span<value> row) { result.push_back(held_lock_from(row)); }, until);
    return result;
}

std::size_t lock_store::purge(connection& on, std::chrono::seconds free_for, deadline until) const {
    constexpr std::chrono::hours longest{24 * 36525};  // a century: more overflows
    std::vector<value> const     with{microseconds(std::min<std::chrono::seconds>(free_for, longest))};
    on.execute(texts_.purge_line, until);
    std::size_t purged = 0;
    while (auto const some = on.execute(texts_.purge, with, until)) purged += some;
    return purged;
}

ticket lock_store::stand_in_line(connection& on, std::span<std::string const> names, std::string const& owner,
                                 std::chrono::milliseconds patience, deadline until) const {
    std::vector<value> const with{json_of(names), owner, microseconds(patience)};
    auto                     place = ticket::last;
    // The first of them: whoever stands before is then before in every line, so that nobody waits in a circle.
    on.query(
        texts_.stand_in_line, with, std::array{integer},
        [&](std::span<value> row) { place = std::min(place, ticket{std::get<std::int64_t>(row.front())}); }, until);
    return place;
}

void lock_store::leave_line(connection& on, std::span<std::string const> names, std::string const& owner,
                            deadline until) const {
    std::vector<value> const with{json_of(names), owner};
    on.execute(texts_.leave_line, with, until);
}

std::vector<std::string> lock_store::waiting_for(connection& on, std::string const& name, deadline until) const {
    return read_texts(on, texts_.waiting_for, {name}, until);
}

}  // namespace stint
