// last_write_wins: no check at all. Updates of others that a unit has not seen ARE LOST.
//
//     stint::unit_of_work work{db, {.lock = std::make_shared<stint::last_write_wins>()}};
//
// For data that may be lost, and to show what happens without a lock. Versions still rise, so that optimistic units
// notice these writes. A row that is gone still refuses the commit: it can't be written. Without state; shared by all
// threads.
// (Fowler, PoEAA ch. 5, Concurrency: lost updates.)
#pragma once

#include <stint/extension/lock_strategy.hpp>

namespace stint {

class last_write_wins final : public lock_strategy {
public:
    void before_flush(unit_context& unit, flush_plan& plan) override;
};

}  // namespace stint
