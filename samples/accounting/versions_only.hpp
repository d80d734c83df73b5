// versions_only: a clerk who takes no lock, even if the mapping demands one, and may be told at the end of being late.
//
//     stint::unit_of_work work{db, {.lock = std::make_shared<versions_only>()}};
//
// Versions are checked as ever, and a lock that somebody else holds refuses the commit. Right for clerks who know that
// doing the work again costs them nothing. A lock strategy of the application's own; without state, shared by all
// threads. (Fowler, PoEAA ch. 16, Optimistic Offline Lock.)
#pragma once

#include <stint/extension/lock_strategy.hpp>

namespace accounting {

class versions_only final : public stint::lock_strategy {
public:
    void before_flush(stint::unit_context& unit, stint::flush_plan& plan) override;
};

}  // namespace accounting
