// transaction: a system transaction on one connection, ended by its scope.
//
//     transaction short_one{*connection};
//     connection->execute("DELETE FROM documents WHERE processed", {}, deadline::none());
//     short_one.commit();
//
// A destructor without commit rolls back, logs what goes wrong with that, and never throws. Units of work don't need
// it: a flush brings its own. Used by one thread at a time; must not outlive its connection.
// (Fowler, PoEAA ch. 5, Concurrency: system transactions.)
#pragma once

#include <span>
#include <string>

#include <stint/connection.hpp>

namespace stint {

class transaction {
public:
    explicit transaction(connection& on, isolation level = isolation::read_committed,
                         deadline until = deadline::none());
    transaction(transaction const&) = delete;
    transaction& operator=(transaction const&) = delete;
    ~transaction();

    /// Throws database_error; the transaction is rolled back then. Throws commit_in_doubt when that isn't known.
    void commit();
    void rollback();

private:
    connection& on_;
    deadline    until_;
    bool        open_ = true;
};

/// SQL without parameters, all of it in one transaction or nothing. Throws database_error.
void execute_together(connection& on, std::span<std::string const> statements, deadline until = deadline::none());

}  // namespace stint
