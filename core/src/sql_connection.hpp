// sql_connection: what the connections of all engines have in common.
//
// Reads and flushes become SQL; everything that is sent as a single statement goes through run(). An engine says how a
// statement is run, and how a transaction begins and ends.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stint/connection.hpp>
#include <stint/extension/engine.hpp>

#include "dialect.hpp"
#include "least_recently_used.hpp"
#include "lock_time.hpp"
#include "select_sql.hpp"
#include "table_check.hpp"

namespace stint {

class sql_connection : public connection {
public:
    void                          select(selection const& selected, row_sink const& sink, deadline until) final;
    flush_outcome                 flush(write_batch const& batch, deadline until) final;
    flush_outcome                 flush_portably(write_batch const& batch, deadline until) final;
    std::vector<table_difference> compare(std::span<table_definition const> tables, deadline until) final;
    value                         as_kept(decimal const& number, int scale) const final;
    void          query(std::string_view sql, std::span<value const> parameters, std::span<column_type const> types,
                        row_sink const& sink, deadline until) final;
    std::uint64_t execute(std::string_view sql, std::span<value const> parameters, deadline until) final;

    void begin(isolation level, deadline until) final;
    void commit(deadline until) final;
    void rollback() final;

    counters counted() const noexcept final { return tally_->read(); }

protected:
    sql_connection(dialect const& spelling, std::shared_ptr<live_counters> tally)
        : spelling_(spelling), tally_(std::move(tally)) {}

    /// What this connection counts in.
    live_counters& tally() noexcept { return *tally_; }

    virtual bool               in_transaction() noexcept = 0;
    virtual std::string const& address() const noexcept = 0;
    /// The engine's own way.
    virtual flush_outcome send_flush(write_batch const& batch, deadline until) = 0;
    virtual void          send_begin(isolation level, deadline until) = 0;
    virtual void          send_commit(deadline until) = 0;
    virtual void          send_rollback() = 0;

    /// Runs one statement, kept from before or prepared; returns how many rows it wrote. Without a sink rows are passed
    /// over.
    virtual std::uint64_t run(std::string_view sql, std::span<value const> parameters,
                              std::span<column_type const> types, row_sink const* sink, deadline until) = 0;

    /// Has these tables in memory: what was known, or anew.
    virtual void learn(std::span<std::string_view const> tables, bool anew, deadline until) = 0;
    /// Null: it isn't known, or isn't there.
    virtual table_facts const* facts_of(std::string_view table) const noexcept = 0;
    /// Whether a value was refused by its column.
    virtual bool is_about_a_value(database_error const& e) const noexcept = 0;

    static void check_parameters(std::size_t expected, std::size_t given, std::string_view sql);
    /// Throws usage_error when a statement returns another number of columns than it was read with.
    static void check_columns(std::size_t expected, std::size_t found, std::string_view sql);

private:
    template <class Send>
    flush_outcome naming_values(write_batch const& batch, Send const& send);
    void          check_tables(write_batch const& batch, deadline until);
    void          name_unfit_value(write_batch const& batch) const;
    find_table    known_facts() const;
    void          check_raw(std::span<value const> parameters) const;

    void roll_back_quietly() noexcept;
    void note_end_of_locks() noexcept;

    dialect const&                 spelling_;
    std::shared_ptr<live_counters> tally_;
    lock_time                      locked_{*tally_};  // of begin() to commit() or rollback()
    selection_cache                selections_{statements_kept};
    bool                           begun_ = false;
};

/// A sink that calls its connection again would read over its own rows.
class one_at_a_time {
public:
    /// Throws usage_error.
    explicit one_at_a_time(bool& busy);
    one_at_a_time(one_at_a_time const&) = delete;
    one_at_a_time& operator=(one_at_a_time const&) = delete;
    ~one_at_a_time() { busy_ = false; }

private:
    bool& busy_;
};

}  // namespace stint
