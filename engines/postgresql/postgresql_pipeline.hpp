// postgresql_pipeline: many statements sent at once, their answers read while they are sent.
//
//     postgresql_pipeline line{connection, until, counters};
//     line.send(statement, parameters, [](PGresult const& result) {...});
//     line.finish();                 // one Sync; waits for all answers
//     line.take_failure();           // the first error; the server skipped what came behind it
//
// A client that only wrote would wait for a server that waits for the client to read: each wait here is for both ways.
// What has been sent but not left yet is kept in libpq's buffer, so send() lets it shrink before it adds more.
// Past the deadline the server is asked to stop, and asked again while it goes on: it ignores a request that comes
// before it has begun. When it has not answered after some seconds the connection is given up. Used by one thread; the
// connection does nothing else meanwhile.
// (PostgreSQL documentation, 34.5 Pipeline Mode.)
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <libpq-fe.h>

#include <stint/deadline.hpp>
#include <stint/extension/engine.hpp>

#include "statement_names.hpp"

namespace stint {

/// For poll(): what is left, rounded up.
int milliseconds_left(deadline until) noexcept;

/// Of all values in a result's rows; for the counters.
std::uint64_t bytes_of_values(PGresult const& result) noexcept;

class postgresql_pipeline {
public:
    using parameter = std::optional<std::string>;  ///< none: null
    using result_ptr = std::unique_ptr<PGresult, decltype(&PQclear)>;
    using receiver = std::function<void(result_ptr)>;

    struct failed_statement {
        result_ptr  result;
        std::size_t place;  ///< as send() answered it
        std::string sql;
    };

    postgresql_pipeline(PGconn* handle, deadline until, live_counters& counted);
    postgresql_pipeline(postgresql_pipeline const&) = delete;
    postgresql_pipeline& operator=(postgresql_pipeline const&) = delete;
    /// Reads what was left unread, so that the connection can be used again.
    ~postgresql_pipeline();

    /// Returns the statement's place: 0, 1, 2, ... The statement, and what the receiver names, live until finish().
    std::size_t send(pipeline_statement& statement, std::span<parameter const> parameters, receiver received = {});

    /// Waits for the answers to all that was sent.
    void finish();

    /// The first error, if there was one; what came behind it was skipped.
    std::optional<failed_statement> take_failure() noexcept { return std::exchange(failure_, std::nullopt); }
    /// What a receiver threw first; the others were called nevertheless.
    std::exception_ptr take_thrown() noexcept { return std::exchange(thrown_, nullptr); }
    bool               connection_lost() const noexcept { return lost_; }
    /// Past the deadline: the server was asked to stop, and there is no use in sending more.
    bool was_asked_to_stop() const noexcept { return request_to_stop_.valid(); }

    using clock = std::chrono::steady_clock;
    /// When the first of it may have left, or now, if nothing has.
    clock::time_point left_at() const noexcept { return left_at_.value_or(clock::now()); }

private:
    struct expected {
        pipeline_statement* statement;
        std::size_t         place;
        bool                preparing;
        receiver            received;
    };

    void keep(int queued) noexcept;
    void prepare(pipeline_statement& statement, std::size_t place);
    /// Returns their bytes.
    std::size_t point_at(std::span<parameter const> parameters);
    void        count_sent(std::size_t content) noexcept;
    void        note_leaving() noexcept;
    void        sync();
    void        let_it_leave();
    void        read_what_came();
    void        take(PGresult* result);
    void        take_answer(expected const& awaited, result_ptr result);
    void        fail(expected const& awaited, result_ptr result);
    void        wait(short events);
    void        ask_to_stop();
    void        await_request_to_stop() noexcept;
    void        hang_up() noexcept;

    PGconn*                          handle_;
    deadline                         until_;
    std::future<void>                request_to_stop_{};  ///< valid: the server was asked
    clock::time_point                asked_at_{};         ///< when it was asked last
    live_counters&                   counted_;
    std::deque<expected>             expected_;
    bool                             answered_ = false;  ///< the first expected: its end is to come
    std::vector<char const*>         texts_;
    std::vector<int>                 lengths_;
    std::size_t                      sent_ = 0;
    std::size_t                      unsent_bytes_ = 0;
    std::size_t                      bytes_ = 0;  ///< said so far, or somewhat more
    std::optional<clock::time_point> left_at_{};
    pipeline_statement*              last_ = &nothing_;  ///< that was sent
    pipeline_statement               nothing_{};
    bool                             sync_sent_ = false;
    bool                             synced_ = false;
    bool                             lost_ = false;
    std::optional<failed_statement>  failure_{};
    std::exception_ptr               thrown_{};
};

}  // namespace stint
