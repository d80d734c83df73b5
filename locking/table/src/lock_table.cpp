#include <stint/lock_table.hpp>

#include <algorithm>

#include <stint/log.hpp>
#include <stint/transaction.hpp>

#include "jitter.hpp"
#include "lock_calls.hpp"
#include "lock_names.hpp"
#include "wake_up_bell.hpp"

namespace stint {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 3s;          // how long a place in line is kept for somebody who isn't heard of
constexpr auto sign_of_life = 1s;      // before that
constexpr auto longest_sleep = 250ms;  // of those who are called
constexpr auto sleep_per_place = 2ms;  // of those who aren't
constexpr auto at_full_speed = 3s;     // others work in moments; after that it is a person's lock
constexpr int  most_races = 10;

using clock = deadline::clock;

/// A wait that is over is a refusal; the database must have time to say so.
deadline time_to_answer(deadline until) noexcept {
    constexpr auto to_say_so = 5s;
    bool const     is_far = until.at() > clock::time_point::max() - to_say_so;
    return is_far ? deadline::none() : deadline::at(std::max(until.at(), clock::now()) + to_say_so);
}

std::string text_of(std::vector<std::string> const& names, std::vector<held_lock> const& holders) {
    std::string text = "lock refused: ";
    for (auto const& lock : holders) text += (&lock == &holders.front() ? "" : "; ") + to_string(lock);
    if (!holders.empty()) return text;
    for (auto const& name : names) text += (&name == &names.front() ? "" : ", ") + name;
    return text + ": others were faster, or stood ahead in line for as long as the caller would wait";
}

error_subject locked_subject(std::vector<std::string> const& names, std::vector<held_lock> const& holders) {
    if (!holders.empty()) return subject_of_name(holders.front().name);
    return names.empty() ? error_subject{} : subject_of_name(names.front());
}

}  // namespace

void create_lock_tables(database& db) {
    execute_together(*db.lend(), lock_store::of(db.kind()).create());
}

void drop_lock_tables(database& db) {
    execute_together(*db.lend(), lock_store::of(db.kind()).drop());
}

lock_refused::lock_refused(std::vector<std::string> const& names, std::vector<held_lock> holders)
    : error(text_of(names, holders), error_kind::locked, advice::wait_and_retry, locked_subject(names, holders)),
      holders_(std::move(holders)) {}

/// How calls are sent, and how one waits.
class lock_table::line {
public:
    line(database& db, lock_table_options const& options)
        : db_(db, "a lock_table"), calls_(db_),
          bell_(db_, options.listens ? calls_.store().wake_channel() : std::string{}) {}

    template <class Call>
    auto send(Call call, deadline until) {
        return calls_.send(std::move(call), until);
    }

    lock_attempt try_once(std::vector<std::string> const& names, lock_request const& request, ticket place,
                          deadline until) {
        return send(
            [&](auto const& store, connection& link) { return store.acquire(link, names, request, place, until); },
            until);
    }

    lock_attempt wait(std::vector<std::string> const& names, lock_request const& request, deadline until);

private:
    class waiting;

    clock::time_point next_look(lock_attempt const& seen, clock::duration waited, deadline until) const;
    ticket            take_place(std::vector<std::string> const& names, std::string const& owner, deadline until);
    void              leave(std::vector<std::string> const& names, std::string const& owner) noexcept;

    database::guest db_;
    lock_calls      calls_;
    wake_up_bell    bell_;
};

lock_attempt lock_table::line::wait(std::vector<std::string> const& names, lock_request const& request,
                                    deadline until) {
    wake_up_bell::sleeper me{bell_, request.owner};
    try {
        auto       place = ticket::last;
        auto const began = clock::now();
        for (auto seen_alive = clock::time_point{};;) {
            if (auto const now = clock::now(); place == ticket::last || now - seen_alive > sign_of_life) {
                place = take_place(names, request.owner, until);
                seen_alive = now;
            }
            auto const attempt = try_once(names, request, place, time_to_answer(until));
            if (attempt.granted) return attempt;
            if (until.has_passed()) {
                leave(names, request.owner);
                return attempt;
            }
            me.sleep_until(next_look(attempt, clock::now() - began, until));
        }
    } catch (...) {
        leave(names, request.owner);
        throw;
    }
}

/// When it becomes free by itself, at the latest; those who aren't called look the more often the nearer their turn is,
/// and the less often the longer they have waited.
clock::time_point lock_table::line::next_look(lock_attempt const& seen, clock::duration waited, deadline until) const {
    auto const longest = std::chrono::microseconds{longest_sleep};
    auto const patient = std::chrono::duration_cast<std::chrono::microseconds>(waited - at_full_speed) / 16;
    auto const uncalled = std::max<std::chrono::microseconds>(
        sleep_per_place * (1 + std::min<std::size_t>(seen.ahead, 25)), patient);
    auto sleep = jittered(bell_.exists() ? longest : std::min(uncalled, longest));
    for (auto const& lock : seen.holders) sleep = std::min(sleep, lock.left + 1ms);
    return std::min(clock::now() + sleep, until.at());
}

ticket lock_table::line::take_place(std::vector<std::string> const& names, std::string const& owner, deadline until) {
    return send(
        [&](auto const& store, connection& link) {
            return store.stand_in_line(link, names, owner, patience, time_to_answer(until));
        },
        time_to_answer(until));
}

void lock_table::line::leave(std::vector<std::string> const& names, std::string const& owner) noexcept {
    try {
        auto const until = deadline::after(5s);
        send(
            [&](auto const& store, connection& link) {
                store.leave_line(link, names, owner, until);
                return true;
            },
            until);
    } catch (std::exception const& e) {
        logger()->warn("a place in line for a lock could not be left, and is kept for {} s: {}", patience.count(),
                       e.what());
    }
}

lock_table::lock_table(database& db, lock_table_options options)
    : db_(db), line_(std::make_unique<line>(db, options)) {}

lock_table::~lock_table() = default;

lock_answer lock_table::try_acquire(std::vector<std::string> names, lock_request const& request, deadline until) {
    check_request(request);
    auto const wanted = checked_names(std::move(names));
    if (wanted.empty()) return lock_answer{std::vector<lease>{}};
    lock_attempt attempt;
    for (int races = 0; races < most_races; ++races) {
        attempt = line_->try_once(wanted, request, ticket::none, until);
        if (attempt.granted) return lock_answer{std::move(attempt.leases)};
        if (!attempt.holders.empty()) break;
    }
    return lock_answer{std::move(attempt.holders)};
}

std::vector<lease> lock_table::acquire(std::vector<std::string> names, lock_request const& request, deadline until) {
    check_request(request);
    auto const wanted = checked_names(std::move(names));
    if (wanted.empty()) return {};
    auto attempt = line_->try_once(wanted, request, ticket::last, time_to_answer(until));
    if (!attempt.granted && !until.has_passed()) attempt = line_->wait(wanted, request, until);
    if (!attempt.granted) throw lock_refused(wanted, std::move(attempt.holders));
    return std::move(attempt.leases);
}

std::vector<renewal> lock_table::renew(std::span<lease const> leases, std::chrono::milliseconds length,
                                       std::chrono::milliseconds tenure, deadline until) {
    check_lease_time(length);
    check_lease_time(tenure);
    if (leases.empty()) return {};
    return line_->send(
        [&](auto const& store, connection& link) { return store.renew(link, leases, length, tenure, until); }, until);
}

std::vector<lease> lock_table::renew_all(std::string const& owner, std::chrono::milliseconds length, deadline until) {
    check_owner(owner);
    check_lease_time(length);
    return line_->send([&](auto const& store, connection& link) { return store.renew_all(link, owner, length, until); },
                       until);
}

std::vector<lease> lock_table::release(std::span<lease const> leases, deadline until) {
    if (leases.empty()) return {};
    return line_->send([&](auto const& store, connection& link) { return store.release(link, leases, until); }, until);
}

std::size_t lock_table::release_all(std::string const& owner, deadline until) {
    check_owner(owner);
    return line_->send([&](auto const& store, connection& link) { return store.release_all(link, owner, until); },
                       until);
}

std::vector<held_lock> lock_table::list(deadline until) {
    return line_->send([&](auto const& store, connection& link) { return store.list(link, {}, {}, until); }, until);
}

std::vector<held_lock> lock_table::list_of(std::string const& owner, deadline until) {
    check_owner(owner);
    return line_->send([&](auto const& store, connection& link) { return store.list(link, owner, {}, until); }, until);
}

std::vector<held_lock> lock_table::find(std::vector<std::string> names, deadline until) {
    auto const wanted = checked_names(std::move(names));
    if (wanted.empty()) return {};
    return line_->send([&](auto const& store, connection& link) { return store.list(link, {}, wanted, until); }, until);
}

std::vector<std::string> lock_table::waiting_for(std::string const& name, deadline until) {
    return line_->send([&](auto const& store, connection& link) { return store.waiting_for(link, name, until); },
                       until);
}

break_answer lock_table::break_lock(std::string const& name, std::int64_t fence, lock_break const& terms,
                                    deadline until) {
    check_break(name, terms);
    return line_->send(
        [&](auto const& store, connection& link) { return store.break_lock(link, name, fence, terms, until); }, until);
}

std::size_t lock_table::purge(std::chrono::seconds free_for, deadline until) {
    if (free_for < std::chrono::minutes{1})
        throw usage_error("what has been free for at least a minute can be purged, not for " +
                          std::to_string(free_for.count()) + " s");
    return line_->send([&](auto const& store, connection& link) { return store.purge(link, free_for, until); }, until);
}

}  // namespace stint
