// clerk_in_front: the clerk whom the other one meets in a race. He finishes once: when the other has read what he
// needs, was refused, or stands in line behind him.
//
//     accounting::clerk_in_front front{[&] { take_off(document, stock); a.commit(); }};
//     auto const onlooker = front.finish_when_waited_for(locks, a.owner(), tell);
//     ...
//     front.finish();      // without effect when he has
//
// Shared by two threads. It must outlive the onlooker, who goes when he is destroyed.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <stint/lock_table.hpp>

namespace accounting {

class clerk_in_front {
public:
    explicit clerk_in_front(std::function<void()> last_step) : last_step_(std::move(last_step)) {}

    void finish();
    bool has_finished() const;

    /// Somebody who looks, in a thread of his own, who stands in line for the locks of this owner; he tells for which
    /// lock, and lets the clerk finish.
    std::jthread finish_when_waited_for(stint::lock_table& locks, std::string const& owner,
                                        std::function<void(stint::held_lock const&)> tell);

private:
    std::function<void()> last_step_;
    mutable std::mutex    mutex_;
    bool                  finished_ = false;
};

}  // namespace accounting
