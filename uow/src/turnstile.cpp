#include "turnstile.hpp"

#include <algorithm>
#include <cassert>

namespace stint::detail {

std::unique_ptr<turnstile_place> turnstiles::join(std::span<object_key const> objects) {
    auto const hold = std::lock_guard(mutex_);
    for (auto const& object : objects)
        if (auto const found = lines_.find(object); found != lines_.end()) return join(found);
    return nullptr;
}

std::unique_ptr<turnstile_place> turnstiles::join_or_begin(std::span<object_key const> objects) {
    if (objects.empty()) return nullptr;
    auto const hold = std::lock_guard(mutex_);
    for (auto const& object : objects)
        if (auto const found = lines_.find(object); found != lines_.end()) return join(found);
    return join(lines_.try_emplace(objects.front()).first);
}

std::unique_ptr<turnstile_place> turnstiles::join(line_map::iterator found) {
    auto& queue = found->second;
    auto  place = std::make_unique<turnstile_place>(*this, found->first);
    queue.waiting.push_back(place.get());
    place->line_ = &queue;  // the elements of the map stay where they are
    ++queue.places;
    if (queue.in_turn == nullptr) admit_next(queue);
    count_lines();
    return place;
}

void turnstiles::admit_next(line& queue) {
    queue.in_turn = nullptr;
    if (queue.waiting.empty()) return;
    queue.in_turn = queue.waiting.front();
    queue.waiting.pop_front();
    queue.turn_ends = clock::now() + longest_turn;
    queue.in_turn->is_admitted_ = true;
    queue.in_turn->called_.notify_one();
    if (!queue.waiting.empty()) queue.waiting.front()->called_.notify_one();  // it looks at the clock from now on
}

bool turnstile_place::wait(deadline until) {
    auto hold = std::unique_lock(turnstiles_.mutex_);
    while (!is_admitted_) {
        auto const now = deadline::clock::now();
        if (now >= until.at()) return false;
        bool const is_next = line_->waiting.front() == this;
        if (is_next && now >= line_->turn_ends) {
            turnstiles_.admit_next(*line_);
        } else {
            auto const look_again = is_next ? std::min(until.at(), line_->turn_ends) : until.at();
            called_.wait_until(hold, std::min(look_again, now + std::chrono::hours{1}));
        }
    }
    return true;
}

void turnstile_place::begin_commit() {
    constexpr std::size_t enough_calm_turns = 3;
    constexpr auto worth_overlapping = std::chrono::microseconds{400};  // shorter ones end before a thread is awake
    if (turnstiles_.usual_commit() < worth_overlapping) return;
    auto const hold = std::lock_guard(turnstiles_.mutex_);
    if (line_->in_turn != this || line_->calm_turns < enough_calm_turns) return;
    auto const in_database = std::max(turnstiles_.usual_commit() - turnstiles_.usual_read(),
                                      std::chrono::microseconds::zero());
    auto const margin = turnstiles_.usual_commit() / 4;
    line_->turn_ends = std::min(line_->turn_ends, deadline::clock::now() + in_database + margin);
    if (!line_->waiting.empty()) line_->waiting.front()->called_.notify_one();
}

void turnstile_place::note_refusal() {
    auto const hold = std::lock_guard(turnstiles_.mutex_);
    line_->calm_turns = 0;
    was_refused_ = true;
}

void turnstiles::leave(turnstile_place& place) noexcept {
    auto const  hold = std::lock_guard(mutex_);
    auto* const queue = place.line_;
    if (queue == nullptr) return;
    bool const was_next = !queue->waiting.empty() && queue->waiting.front() == &place;
    if (place.is_admitted_ && !place.was_refused_) ++queue->calm_turns;
    if (!place.is_admitted_) queue->waiting.erase(std::ranges::find(queue->waiting, &place));
    if (--queue->places == 0) {
        lines_.erase(place.object());
        if (lines_.empty()) lines_ = {};  // with its buckets
    } else if (queue->in_turn == &place) {
        admit_next(*queue);
    } else if (was_next && !queue->waiting.empty()) {
        queue->waiting.front()->called_.notify_one();
    }
    count_lines();
}

void turnstiles::count_lines() noexcept {
    lines_here_.store(lines_.size(), std::memory_order_relaxed);
}

void turnstiles::usual_time::note(clock::duration took) noexcept {
    auto const now = std::chrono::nanoseconds{took}.count();
    auto const before = nanoseconds_.load(std::memory_order_relaxed);
    auto const step = now < before ? (now - before) / 4 : (now - before) / 512;
    nanoseconds_.store(before == 0 ? now : before + step, std::memory_order_relaxed);
}

std::chrono::microseconds turnstiles::usual_time::get() const noexcept {
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::nanoseconds{nanoseconds_.load(std::memory_order_relaxed)});
}

std::size_t turnstiles::lines() const {
    auto const hold = std::lock_guard(mutex_);
    return lines_.size();
}

}  // namespace stint::detail
