// portable_executor: carries out a write_batch statement by statement, by means that every engine has.
//
// The reference for what a flush does; an engine's faster way must answer the same. Rows are locked and checked first
// (see locking_pass), then written in the order of the batch, each under its conditions. After the first refusal nothing
// more is written: what remains is only looked at, so that every refusal is reported, and everything is rolled back.
#pragma once

#include <stint/connection.hpp>

#include "dialect.hpp"

namespace stint {

flush_outcome run_portably(connection& on, dialect const& spelling, write_batch const& batch, deadline until);

}  // namespace stint
