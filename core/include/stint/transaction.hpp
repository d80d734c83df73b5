// transaction: a system transaction on one connection, ended by its scope.
//
//     transaction short_one{*connection};
//     connection->execute("DELETE FROM documents WHERE processed", {}, deadline::none());
//     short_one.commit();
//
// Without commit the destructor rolls back; it logs a failure and never throws. Units of work don't need a transaction:
// a flush brings its own. One thread at a time uses it; it must not outlive its connection.
// (Fowler, PoEAA ch. 5, Concurrency: system transactions.)
#pragma once

#include <span>
#include <string>

#include <stint/connection.hpp>

namespace stint {

class transaction {
public:
    explicit transaction(connection& link, isolation level = isolation::read_committed,
                         deadline until = deadline::none());
    transaction(transaction const&) = delete;
    transaction& operator=(transaction const&) = delete;
    ~transaction();

    /// Throws database_error when the transaction was rolled back, commit_in_doubt when nobody can say.
    void commit();
    void rollback();

private:
    connection& link_;
    deadline    until_;
    bool        open_ = true;
};

/// Runs statements without parameters in one transaction: all of them or none. Throws database_error.
void execute_together(connection& link, std::span<std::string const> statements, deadline until = deadline::none());

}  // namespace stint
