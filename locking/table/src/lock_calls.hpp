// How calls of the lock table are sent: each in a transaction of its own, at READ COMMITTED, and again if the engine
// had to refuse it for its own reasons (private to the room).
#pragma once

#include <atomic>
#include <utility>

#include <stint/connection.hpp>
#include <stint/database.hpp>
#include <stint/error.hpp>
#include <stint/transaction.hpp>

#include <stint/extension/lock_store.hpp>

namespace stint {

class lock_calls {
public:
    /// `db` must outlive it.
    explicit lock_calls(database::guest& db) : db_(db), store_(lock_store::of(db.kind())) {}

    lock_store const& store() const noexcept { return store_; }

    /// call(lock_store const&, connection&), on a connection of the pool.
    template <class Call>
    auto send(Call call, deadline until) {
        return repeated([&] { return once(*db_.lend(until), call, until); }, until);
    }
    /// The same on a connection of the caller's.
    template <class Call>
    auto send_on(connection& link, Call call, deadline until) {
        return repeated([&] { return once(link, call, until); }, until);
    }

private:
    /// A single statement is its own transaction, at the server's default level. If that isn't READ COMMITTED, the
    /// first collision shows it (SQLSTATE 40001, which READ COMMITTED never has); from then on each call brings its own
    /// BEGIN.
    template <class Call>
    auto once(connection& link, Call& call, deadline until) {
        if (!brings_begin_) {
            try {
                return call(store_, link);
            } catch (transient_error const& e) {
                if (e.code() != "40001") throw;
                brings_begin_ = true;
            }
        }
        transaction own{link, isolation::read_committed, until};
        auto        answer = call(store_, link);
        own.commit();
        return answer;
    }

    /// Repeats a call after a deadlock with statements of others, or a busy file: nothing was done.
    template <class Attempt>
    auto repeated(Attempt attempt, deadline until) {
        for (int tries = 1;; ++tries) {
            try {
                return attempt();
            } catch (transient_error const&) {
                if (tries >= most_tries || until.has_passed()) throw;
            }
            pause(tries);
        }
    }

    static constexpr int most_tries = 5;
    static void          pause(int tries);

    database::guest&  db_;
    lock_store const& store_;
    std::atomic<bool> brings_begin_{false};
};

}  // namespace stint
