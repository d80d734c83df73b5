// How calls of the lock table are sent: each in a transaction of its own, at READ COMMITTED, and again where the engine
// had to refuse it for reasons of its own (private to the room).
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
    /// The same on a connection of one's own.
    template <class Call>
    auto send_on(connection& on, Call call, deadline until) {
        return repeated([&] { return once(on, call, until); }, until);
    }

private:
    /// A single statement is its own transaction, at the level that is the server's default. Where that is another than
    /// READ COMMITTED, the first collision tells (SQLSTATE 40001, which that level never has), and each call brings its
    /// own BEGIN.
    template <class Call>
    auto once(connection& on, Call& call, deadline until) {
        if (!brings_begin_) {
            try {
                return call(store_, on);
            } catch (transient_error const& e) {
                if (e.code() != "40001") throw;
                brings_begin_ = true;
            }
        }
        transaction own{on, isolation::read_committed, until};
        auto        answer = call(store_, on);
        own.commit();
        return answer;
    }

    /// A deadlock with statements of others, or a busy file: nothing was done.
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
