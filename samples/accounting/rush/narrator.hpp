// narrator: tells what clerks do, step by step, from the events of their units of work.
//
//     accounting::narrator narrator{[](accounting::step const& step) { std::cout << step.clerk << step.words; }};
//     narrator.follow(work, "clerk A");
//
// It must outlive the units it follows. These may be of several threads: what they do is told one after the other.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <stint/events.hpp>
#include <stint/unit_of_work.hpp>

namespace accounting {

struct step {
    std::string clerk;
    std::string event;  ///< loaded, before_flush, committed, conflict; locked, waits; refused by a rule of the books
    std::string words;  ///< the step, for people
    std::vector<stint::conflict> conflicts{};
};

class narrator {
public:
    using listener = std::function<void(step const&)>;

    explicit narrator(listener tell) : tell_(std::move(tell)) {}

    void follow(stint::unit_of_work& work, std::string const& clerk);
    void tell(step step);

    /// While it is held, other threads wait before they tell anything.
    std::unique_lock<std::recursive_mutex> alone() { return std::unique_lock{telling_}; }

    /// When all has been told.
    std::vector<step> const& steps() const noexcept { return steps_; }
    /// Commits that were refused.
    std::size_t conflicts() const noexcept { return conflicts_; }

private:
    listener             tell_;
    std::recursive_mutex telling_;
    std::vector<step>    steps_;
    std::size_t          conflicts_ = 0;
};

}  // namespace accounting
