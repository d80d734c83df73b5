// postgresql_flush: carries out a write_batch in one round trip, COMMIT included.
//
//     first trip     BEGIN, rows locked and checked, [stop when a check refused], writes, COMMIT, [later plans]
//     second trip    only after an error: ROLLBACK, and a look at the rows that nobody has judged yet
//     further trips  only to tell which rule was broken; docs/engines.md has the list
//
// The recipe: flush_script says which rows go together, flush_sql renders each step, flush_statements keeps it prepared
// and gives it its values, postgresql_pipeline sends it, flush_answers reads what comes back, and flush_failure judges
// what the server refused:
//
//     what failed                               where          ending         what follows
//     nothing                                   -              committed      done
//     raised by the flush itself: stale rows    the stop       refused        all of them are told
//     raised by the flush itself: rows or keys  a write        short_of_rows  refused where one is stale; else left
//     a row was changed by a trigger meanwhile  a write        short_of_rows  the same
//     a unique rule, by a row without its key   a write        not_unique     its key is taken: left; else an error
//     a statement of before the tables changed  anywhere       outdated       forgotten, and all of it again
//     the look at the rows                      after it       unclear        left
//     anything else that the server told        anywhere       failed         an error
//     the connection                            before COMMIT  failed         an error: nothing is written
//     the connection, or an unreadable answer   from COMMIT    in_doubt       commit_in_doubt
//
// From the first lock to COMMIT the server waits for nobody. The answers are those of the portable executor, which also
// does what this one leaves: updates of one row that build on each other, new keys that can't be drawn, were taken
// already or are out of range, and the case that fewer rows were written than given though none of them is stale (a
// trigger, row security, a key that was given twice). Used by one thread, for one flush.
#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include <stint/connection.hpp>
#include <stint/extension/engine.hpp>

#include "dialect.hpp"
#include "flush_answers.hpp"
#include "flush_failure.hpp"
#include "flush_script.hpp"
#include "flush_statements.hpp"
#include "lock_time.hpp"
#include "postgresql_pipeline.hpp"
#include "postgresql_session.hpp"
#include "postgresql_tables.hpp"

namespace stint {

/// How long a server may take to roll back.
inline constexpr std::chrono::seconds time_to_roll_back{5};

/// What a connection lends to its flushes.
struct flush_tools {
    connection&         itself;
    postgresql_session& session;
    dialect const&      spelling;
    flush_statements&   statements;
    postgresql_tables&  tables;
};

class postgresql_flush {
public:
    postgresql_flush(flush_tools tools, write_batch const& batch, deadline until);

    /// None: left to the portable executor; nothing was written. Throws database_error.
    std::optional<flush_outcome> run();

private:
    bool         keys_can_be_told() const;
    void         learn_tables();
    void         check_tables();
    flush_ending attempt();
    flush_ending send_and_judge();
    void         send_all(postgresql_pipeline& line);
    void         send_once(postgresql_pipeline& line, std::string sql);
    void         send(postgresql_pipeline& line, pipeline_statement& statement, sent_statement noted = {},
                      std::span<postgresql_pipeline::parameter const> parameters = {},
                      postgresql_pipeline::receiver                   received = {});
    void         check_not_stopped(postgresql_pipeline const& line) const;
    void         tend_plans(postgresql_pipeline& line);
    void         leave_transaction() noexcept;
    void         send_steps(postgresql_pipeline& line, std::span<flush_step const> steps,
                            flush_purpose purpose = flush_purpose::other);

    flush_ending      judge(postgresql_pipeline& line);
    flush_ending      judge_failure();
    [[noreturn]] void fail(bool connection_lost) const { failure_.raise(tools_.session, connection_lost, until_); }
    [[noreturn]] void fail_after_rolling_back() const;

    /// Looks at rows that nobody has judged, in the same trip. False when they could not be looked at.
    bool                                                 roll_back(std::vector<std::size_t> const& unjudged);
    std::optional<postgresql_pipeline::failed_statement> look(std::span<flush_step const> looks);
    bool                                                 in_transaction() const noexcept;
    void                                                 note_end_of_locks() noexcept;
    deadline                                             time_for_rolling_back() const noexcept;
    void                                                 forget(std::string_view code);
    std::vector<std::size_t>                             not_judged() const;

    flush_tools                   tools_;
    write_batch const&            batch_;
    deadline                      until_;
    flush_script                  script_;
    flush_parameters              parameters_;
    flush_answers                 answers_;
    std::vector<sent_statement>   sent_{};
    std::list<pipeline_statement> once_{};  ///< statements of this flush alone
    flush_failure                 failure_{batch_, parameters_.token()};
    lock_time                     locked_;
    lock_time::clock::time_point  ended_at_{};  ///< when COMMIT was answered
    flush_plans                   plans_{};
    std::exception_ptr            unreadable_{};  ///< why an answer could not be read
    bool                          had_kept_statements_;
    bool                          commit_sent_ = false;
    bool                          committed_ = false;
};

}  // namespace stint
