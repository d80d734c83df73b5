// participant_list: who takes part in the flushes of a unit of work, in the order in which they are asked (private to
// the room).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <stint/conflict.hpp>
#include <stint/extension/flush_participant.hpp>
#include <stint/unit_options.hpp>

#include "batch_builder.hpp"

namespace stint {

class unit_memory;

/// The Optimistic Offline Lock: what a unit of work writes, and reads if it says so, must have the version that was
/// read. The first to take part in a flush, so that others may demand more or less.
class version_check final : public flush_participant {
public:
    void before_flush(unit_context& unit, flush_plan& plan) override;
    /// The rows of the unit's objects themselves: base, mine and theirs of every column that I or they changed.
    void explain(unit_context& unit, std::span<refused_row> rows) override;
};

class participant_list {
public:
    /// All must live as long as this. Throws usage_error for a participant that is null.
    participant_list(unit_context& unit, unit_options const& options, unit_memory const& memory);

    /// What a participant throws stops the commit.
    void ask(flush_plan& plan);
    /// What one throws is logged.
    void tell(flush_plan const& plan, flush_end end, std::span<refusal const> refusals) noexcept;
    /// In the order of the flush.
    std::vector<conflict> explain(flush_refused const& refused, flush_batch const& batch);

private:
    /// A refused row, and whose it is.
    struct place {
        std::size_t participant;
        std::size_t row;
    };

    std::size_t owner_of(row_origin const& origin) const noexcept;
    void        explain(std::size_t participant, std::vector<refused_row>& rows) noexcept;

    unit_context&                   unit_;
    unit_memory const&              memory_;
    version_check                   versions_;
    std::vector<flush_participant*> list_;
    std::vector<std::size_t>        ends_;  // by participant: behind its last row of the plan
};

}  // namespace stint
