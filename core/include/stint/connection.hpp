// connection: the seam between Stint and a database engine.
//
// A connection is lent by a database for one call or one short transaction (database::lend). Reads
// and flushes are values (selection, write_batch) which the engine turns into SQL of its own; raw SQL is for
// a lock strategy's own tables and for administration:
//
//     auto connection = db.lend(deadline::none());
//     connection->execute("DELETE FROM edit_locks WHERE owner = :1", {{owner}}, deadline::none());
//
// Parameters are written :1, :2, ... anywhere and any number of times; none is left out. Statements are prepared once
// for a connection and kept, the least used ones are dropped (behind a pooler, database.hpp, none is prepared). Every
// function takes the deadline until which it may wait and throws deadline_exceeded after it, or another database_error
// (error.hpp) classified by the engine's code. A connection is used by one thread at a time; which one may change. A
// sink can't use the connection that it reads from. What raw SQL sets for a session (SET, PRAGMA, temporary tables)
// stays with the connection. On SQLite decimals are kept as integers in units of their column's last decimal, which raw
// SQL can't know: give it as_kept(). The clock for raw SQL is clock_timestamp() on PostgreSQL and stint_clock() on
// SQLite: microseconds since 1970, the same all through a statement.
//
// Who keeps a deadline: the library. On PostgreSQL it asks the server to stop, and gives up a connection that has not
// even said so 5 s later: connection_error, and a flush may be in doubt. Without a deadline the system notices a host
// that froze, by keepalives after 60 s of silence and by tcp_user_timeout 60 s after data that nobody confirmed (a
// URL's parameters of these names say otherwise). On SQLite deadline::none() waits 30 s for somebody else's
// transaction.
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

/// How much of others' work a transaction sees. (SQL standard; SQLite is always serializable.)
enum class isolation : std::uint8_t { read_committed, repeatable_read, serializable };

/// Called for each row that was read; the values may be moved from and die when it returns.
/// What it throws ends the reading and passes on to the caller.
using row_sink = std::function<void(std::span<value>)>;

class connection {
public:
    connection() = default;
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;
    virtual ~connection() = default;

    /// "sqlite" or "postgresql".
    virtual std::string_view engine() const noexcept = 0;

    /// Reads rows. Columns come in the order of what.columns.
    virtual void select(selection const& what, row_sink const& sink, deadline until) = 0;

    /// Carries out a batch in one transaction of its own: all of it or nothing. Throws database_error when
    /// the database failed (nothing is written then); stale rows and failed guards are an answer. On PostgreSQL one
    /// round trip, two when it is refused, three when a key that the database gave is taken; one more to name the
    /// columns of a rule that a row broke, and one when it is the first of its database object that writes to some
    /// table. Throws table_mismatch, before anything is written, for a table that would round, cut or misread what is
    /// given to it, and value_error for a value that doesn't fit its column, with its table, key and columns.
    virtual flush_outcome flush(write_batch const& batch, deadline until) = 0;

    /// The same statement by statement, by means that every engine has: the reference for flush.
    virtual flush_outcome flush_portably(write_batch const& batch, deadline until) = 0;

    /// What these tables have otherwise than the mappings say; read anew from the database, all in one trip.
    virtual std::vector<table_difference> compare(std::span<table_definition const> tables, deadline until) = 0;

    /// A decimal as a column of this many decimals keeps it: a parameter for raw SQL. Throws value_error where it has
    /// more.
    virtual value as_kept(decimal const& number, int scale) const = 0;

    /// The unique rules of these tables, as the database has them now. A table that isn't there has none. PostgreSQL is
    /// asked once for all of them.
    virtual std::vector<unique_rule> unique_rules(std::span<std::string const> tables, deadline until) = 0;

    /// Runs SQL that answers rows of these types. Throws usage_error when it answers another number of columns: on
    /// SQLite before it is run, on PostgreSQL after it was; and for a decimal where as_kept() is another number
    /// (SQLite).
    virtual void query(std::string_view sql, std::span<value const> parameters, std::span<column_type const> types,
                       row_sink const& sink, deadline until) = 0;

    /// The same for SQL that answers no rows; answers how many rows it changed.
    virtual std::uint64_t execute(std::string_view sql, std::span<value const> parameters, deadline until) = 0;
    std::uint64_t         execute(std::string_view sql, deadline until) {
        return execute(sql, std::span<value const>{}, until);
    }

    /// See transaction.hpp. On SQLite every transaction is BEGIN IMMEDIATE.
    virtual void begin(isolation level, deadline until) = 0;
    /// Throws database_error, also when the database answered by rolling back: nothing is written then. Throws
    /// commit_in_doubt when that isn't known: the connection was lost, or a file failed while it was written.
    virtual void commit(deadline until) = 0;
    /// Ends any transaction. Does nothing where there is none.
    virtual void rollback() = 0;

    /// Starts to hear what is told on a channel (NOTIFY); the name is taken to the letter. False where the engine
    /// can't. For a connection of one's own (database::connect): it goes on with the connection.
    virtual bool listen(std::string_view channel, deadline until);
    /// Waits for what is told on the channels listened to; answers the texts, none when the deadline passed before.
    virtual std::vector<std::string> wait_for_notices(deadline until);

    /// What this connection was asked since it was opened, its opening included. Any thread may ask.
    virtual counters counted() const noexcept = 0;

    /// Whether it can be lent again as it is: alive, in no transaction. Costs no round trip.
    virtual bool is_clean() noexcept = 0;
    /// Asks the server whether it is still there. False, too, when it has not answered at the deadline; then
    /// the connection is of no use any more.
    virtual bool answers(deadline until) noexcept = 0;
};

}  // namespace stint
