// connection: the seam between Stint and a database engine. A database lends it for one call or one short transaction.
//
//     auto connection = db.lend(deadline::none());
//     connection->execute("DELETE FROM edit_locks WHERE owner = :1", {{owner}}, deadline::none());
//
// Reads and flushes are values (selection, write_batch); the engine turns them into its own SQL. Raw SQL is for a lock
// strategy's own tables and for administration. Its parameters are :1, :2, ...; each may stand anywhere, several times.
// One thread at a time uses a connection; which one may change. A sink can't use the connection that it reads from.
// Every function takes the deadline until which it may wait. Past it, it throws deadline_exceeded; other failures are a
// database_error (error.hpp). How each engine keeps deadlines, sessions and its clock: docs/engines.md.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stint/column.hpp>
#include <stint/counters.hpp>
#include <stint/deadline.hpp>
#include <stint/selection.hpp>
#include <stint/table_definition.hpp>
#include <stint/table_difference.hpp>
#include <stint/unique_rule.hpp>
#include <stint/value.hpp>
#include <stint/write_batch.hpp>

namespace stint {

/// How much of others' work a transaction sees, as in the SQL standard.
enum class isolation : std::uint8_t { read_committed, repeatable_read, serializable };

/// Called for each row that was read. It may move from the values, which end when it returns. An exception that it
/// throws ends the read and reaches the caller.
using row_sink = std::function<void(std::span<value>)>;

class connection {
public:
    connection() = default;
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;
    virtual ~connection() = default;

    /// "sqlite" or "postgresql".
    virtual std::string_view engine() const noexcept = 0;

    /// Reads rows. Columns come in the order of selection.columns.
    virtual void select(selection const& selection, row_sink const& sink, deadline until) = 0;

    /// Carries out a batch in one transaction of its own: all of it or nothing. Stale rows and failed guards are an
    /// outcome, not an error. Throws database_error when the database failed; nothing is written then. Throws
    /// table_mismatch, before anything is written, for a table that would round, cut or misread what it is given, and
    /// value_error for a value that doesn't fit its column, with its table, key and columns.
    virtual flush_outcome flush(write_batch const& batch, deadline until) = 0;

    /// The same, statement by statement, in a way that works on every engine: the reference for flush().
    virtual flush_outcome flush_portably(write_batch const& batch, deadline until) = 0;

    /// The differences between these tables and their mappings, as the database has them now.
    virtual std::vector<table_difference> compare(std::span<table_definition const> tables, deadline until) = 0;

    /// The decimal as a column with this many decimals keeps it: a parameter for raw SQL. Throws value_error if it has
    /// more decimals.
    virtual value as_kept(decimal const& number, int scale) const = 0;

    /// The unique rules of these tables, as the database has them now. A table that isn't there has none.
    virtual std::vector<unique_rule> unique_rules(std::span<std::string const> tables, deadline until) = 0;

    /// Runs SQL that returns rows of these types. Throws usage_error when it returns another number of columns, and for
    /// a decimal that as_kept() would change.
    virtual void query(std::string_view sql, std::span<value const> parameters, std::span<column_type const> types,
                       row_sink const& sink, deadline until) = 0;

    /// The same for SQL that returns no rows. Returns how many rows it changed.
    virtual std::uint64_t execute(std::string_view sql, std::span<value const> parameters, deadline until) = 0;
    std::uint64_t         execute(std::string_view sql, deadline until) {
        return execute(sql, std::span<value const>{}, until);
    }

    /// Begins a transaction. Use transaction.hpp, which also ends it.
    virtual void begin(isolation level, deadline until) = 0;
    /// Throws database_error, also when the database rolled back instead: nothing is written then. Throws
    /// commit_in_doubt when nobody can say: the connection was lost, or a file failed while it was written.
    virtual void commit(deadline until) = 0;
    /// Ends any transaction. Does nothing where there is none.
    virtual void rollback() = 0;

    /// Listens on a channel (NOTIFY), whose name is taken literally, for as long as the connection lives. Returns false
    /// where the engine can't. For a connection that its user keeps (database::connect).
    virtual bool listen(std::string_view channel, deadline until);
    /// Waits for notifications on those channels and returns their texts: none if the deadline passed first.
    virtual std::vector<std::string> wait_for_notices(deadline until);

    /// What was asked of this connection since it was opened, opening included. Any thread may call it.
    virtual counters counted() const noexcept = 0;

    /// Whether it can be lent again as it is: alive and in no transaction. Takes no round trip.
    virtual bool is_clean() noexcept = 0;
    /// Asks the server whether it is still there. Returns false also if there is no answer by the deadline; the
    /// connection is of no use then.
    virtual bool answers(deadline until) noexcept = 0;
};

}  // namespace stint
