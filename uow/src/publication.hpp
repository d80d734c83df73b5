// What a unit of work knows after its flush was committed: memory follows the database (private to the room).
#pragma once

#include <stint/commit_report.hpp>

#include "batch_builder.hpp"
#include "unit_memory.hpp"

namespace stint {

/// Keys, versions, snapshots become those that the database has; what was removed is gone.
commit_report publish(flush_done const& done, flush_batch const& batch, unit_memory& memory);

}  // namespace stint
