// flush_plans: has the server plan the statements of sets once for all values, behind the COMMIT of a flush.
//
// A statement that looks up arrays of keys must not be planned anew each time: that costs as much as writing twenty
// rows. And what a server plans for all values by itself may read a whole table for each row, if the table was small
// then. The settings that prevent both would reach triggers and the checks of foreign keys while the statement runs. So
// it is planned while it doesn't run, by EXPLAIN, in a transaction that is rolled back, settings and all, and that
// holds no row: COMMIT has been said before, in the same round trip.
//
//     BEGIN
//     SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), ...
//     EXPLAIN (COSTS OFF) EXECUTE stint_7(NULL, NULL)         -- the server keeps this plan
//     SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('cpu_operator_cost', '100000', true)
//     EXPLAIN (COSTS OFF) EXECUTE stint_7(NULL, NULL)         -- four times: plans for single values turn out dear,
//     ROLLBACK                                                -- so that plan_cache_mode = auto chooses the kept one
//
// A statement that comes but once isn't worth it. Each is planned when it has come twice, until somebody changes or
// analyses its tables: then the server plans it anew under its own settings. Where that turns out badly (a flush takes
// too long), it is prepared anew. (PostgreSQL documentation, PREPARE; source, plancache.c.)
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "flush_statements.hpp"

namespace stint {

class flush_plans {
public:
    /// A statement that the flush sends. It must live until note_made().
    void note_use(flush_statements::kept& used);

    /// What is to be sent behind BEGIN; empty: nothing is to be planned.
    std::vector<std::string> commands() const;

    /// The server has got the commands.
    void note_made() noexcept;

    /// Whether a flush of so many rows took longer than good plans explain. Slow networks and waits for locks do that,
    /// too: then planning anew is a small part of what they cost.
    bool serve_badly(std::size_t rows, std::chrono::nanoseconds took) const noexcept;

private:
    std::vector<flush_statements::kept*> to_plan_{};
    bool                                 are_used_ = false;  ///< made for an earlier flush
};

}  // namespace stint
