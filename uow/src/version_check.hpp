// version_check: the Optimistic Offline Lock: what a unit of work writes, and reads if it says so, must have the
// version that was read (private to the room). The first to take part in a flush, so that others may demand more or
// less.
#pragma once

#include <stint/extension/flush_participant.hpp>

namespace stint {

class version_check final : public flush_participant {
public:
    void before_flush(unit_context& unit, flush_plan& plan) override;
    /// The rows of the unit's objects themselves: base, mine and theirs of every column that I or they changed.
    void explain(unit_context& unit, std::span<refused_row> rows) override;
};

}  // namespace stint
