// The columns of a rule that a row broke. PostgreSQL tells the rule's name with the error, and the table.
#pragma once

#include <stint/connection.hpp>
#include <stint/error.hpp>

namespace stint {

/// Completes what an error is about. Ends a transaction that is open: it has failed, and can't be asked anything.
error_subject broken_postgresql_rule(connection& db, error_subject subject, constraint_violation const& violation);

}  // namespace stint
