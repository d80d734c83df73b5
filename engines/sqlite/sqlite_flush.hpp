// sqlite_flush: carries out a write_batch on SQLite: BEGIN IMMEDIATE, a kept statement for each shape, COMMIT.
//
// Does what the portable executor does, in its order, with the same outcome; but a shape's statement is looked up once,
// and values are bound where they stand in the batch.
#pragma once

#include <stint/connection.hpp>

#include "sqlite_dialect.hpp"
#include "sqlite_session.hpp"

namespace stint {

/// `db` is the connection that has the session: it begins and ends the transaction.
flush_outcome run_on_sqlite(connection& db, sqlite_session& session, sqlite_dialect const& spelling,
                            write_batch const& batch, deadline until);

}  // namespace stint
