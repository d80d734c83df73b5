// flush_statements: what a pipelined flush sends: statements that one connection keeps prepared, by shape and form
// (flush_statements), and has planned (flush_plans), with a step's values (flush_parameters).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <stint/write_batch.hpp>

#include "flush_script.hpp"
#include "flush_sql.hpp"
#include "least_recently_used.hpp"
#include "postgresql_pipeline.hpp"
#include "statement_names.hpp"

namespace stint {

/// Of one connection, by shape and form. The least recently used ones go when there are too many.
class flush_statements {
public:
    struct kept {
        flush_sql          sql;
        pipeline_statement statement;
        bool               looks_rows_up;       ///< those of an array
        std::uint32_t      runs = 0;            ///< so often it was sent
        bool               is_planned = false;  ///< for good, by flush_plans
    };

    /// The session's, which must outlive it.
    explicit flush_statements(statement_names& names);

    /// Stays where it is until the next make_room() or forget().
    template <typename Render>
    kept& get(row_shape const& shape, flush_form const& form, Render const& render) {
        auto* const known = statements_.find(place{shape, form});
        return known ? *known : keep({shape, form}, render());
    }

    pipeline_statement begin, stop_if_refused, commit;

    bool is_empty() const noexcept { return statements_.empty(); }
    /// Between two flushes: lets go of the least used.
    void make_room();
    /// Between two flushes: prepares anew what flush_plans had planned.
    void forget_plans();
    /// The tables have changed: prepares everything anew.
    void forget();
    /// The session has lost all of them.
    void forget_lost();
    /// Names of prepared statements that nobody will use again, to be told the server; each once.
    std::vector<std::string> take_unused() noexcept { return names_.take_unused(statement_names::user::flush); }

private:
    struct place {
        row_shape const&  shape;
        flush_form const& form;
    };
    struct own_place {
        row_shape  shape;
        flush_form form;
    };
    struct hash {
        std::size_t        operator()(auto const& at) const noexcept { return hash_of(at.shape, at.form); }
        static std::size_t hash_of(row_shape const& shape, flush_form const& form) noexcept;
    };
    struct same_place {
        bool operator()(own_place const& known, auto const& at) const noexcept {
            return known.form == at.form && known.shape == at.shape;
        }
    };

    kept&              keep(own_place at, flush_sql sql);
    pipeline_statement fixed(char const* sql);

    statement_names&                                       names_;
    least_recently_used<own_place, kept, hash, same_place> statements_{statements_kept};
};

/// Has the server plan the statements of sets once for all values, behind the COMMIT of a flush.
///
/// A statement that looks up arrays of keys must not be planned anew each time: that costs as much as writing twenty
/// rows. And what a server plans for all values by itself may read a whole table for each row, if the table was small
/// then. The settings that prevent both would reach triggers and the checks of foreign keys while the statement runs.
/// So it is planned while it doesn't run, by EXPLAIN, in a transaction that is rolled back, settings and all, and that
/// holds no row: COMMIT has been said before, in the same round trip.
///
///     BEGIN
///     SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), ...
///     EXPLAIN (COSTS OFF) EXECUTE stint_7(NULL, NULL)         -- the server keeps this plan
///     SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('cpu_operator_cost', '100000', true)
///     EXPLAIN (COSTS OFF) EXECUTE stint_7(NULL, NULL)         -- four times: plans for single values turn out dear,
///     ROLLBACK                                                -- so that plan_cache_mode = auto chooses the kept one
///
/// A statement that comes but once isn't worth it. Each is planned when it has come twice, until somebody changes or
/// analyses its tables: then the server plans it anew under its own settings. Where that turns out badly (a flush takes
/// too long), it is prepared anew. (PostgreSQL documentation, PREPARE; source, plancache.c.)
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

/// A step's values as the texts that its statement takes: one a row, or an array of all rows.
class flush_parameters {
public:
    /// `token` is what errors say that the flush raises.
    flush_parameters(write_batch const& batch, flush_script const& script, std::string token)
        : batch_(batch), script_(script), token_(std::move(token)) {}

    std::string const& token() const noexcept { return token_; }

    /// Valid until the next call. Throws value_error and usage_error for values that the columns can't keep.
    std::span<postgresql_pipeline::parameter const> texts_of(flush_step const& step, flush_sql const& sql);

private:
    postgresql_pipeline::parameter text_of(flush_step const& step, flush_parameter const& parameter) const;
    std::string                    array_of(flush_step const& step, flush_parameter const& parameter) const;
    std::string                    binary_array_of(flush_step const& step, flush_parameter const& parameter) const;
    value        value_of(flush_step const& step, std::size_t index, flush_parameter const& parameter) const;
    value        content(value const& v, column const& column) const;
    value        number_of(value const& v) const;
    value const& resolved(value const& v) const;

    write_batch const&                          batch_;
    flush_script const&                         script_;
    std::string                                 token_;
    std::vector<postgresql_pipeline::parameter> texts_{};
};

}  // namespace stint
