// portable_executor: carries out a write_batch statement by statement, by means that every engine has.
//
// The reference for what a flush does; an engine's faster way must come to the same.
#pragma once

#include <stint/connection.hpp>

#include "dialect.hpp"

namespace stint {

flush_outcome run_portably(connection& db, dialect const& spelling, write_batch const& batch, deadline until);

}  // namespace stint
