#include "lease_book.hpp"

#include <algorithm>
#include <utility>

namespace stint {

lease_book::listener lease_book::keep(lease const& one, listener tell, time_point now) {
    auto const fresh = std::make_shared<entry>(entry{.one = one, .tell = std::move(tell)});
    if (kept_.empty()) next_beat_ = now + pace_.beat;
    auto& place = kept_[key(key_of(one))];
    auto  before = place ? std::exchange(place->tell, nullptr) : nullptr;
    place = fresh;
    hasten_for(*fresh);
    watch(*fresh);
    if (is_late_) set_late(fresh, true);
    return before;
}

lease_book::forgotten lease_book::forget(lease const& one) noexcept {
    auto const found = kept_.find(key_of(one));
    if (found == kept_.end()) return {};
    forgotten result{std::move(found->second->one), std::exchange(found->second->tell, nullptr)};
    kept_.erase(found);
    return result;
}

bool lease_book::relies_on(lease const& one, time_point now) const noexcept {
    auto const found = kept_.find(key_of(one));
    return found != kept_.end() && !found->second->over && now < end_of_window(*found->second);
}

std::size_t lease_book::kept() const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(kept_, [](auto const& each) { return !each.second->over; }));
}

std::vector<lease_book::listener> lease_book::clear() {
    std::vector<listener> listeners;
    listeners.reserve(kept_.size());
    for (auto const& [_, one] : kept_) listeners.push_back(std::exchange(one->tell, nullptr));
    kept_.clear();
    return listeners;
}

lease_book::time_point lease_book::next_beat() const noexcept {
    return kept_.empty() ? time_point::max() : next_beat_;
}

std::vector<lease> lease_book::begin_beat(time_point now) {
    next_beat_ = now + pace_.beat;
    check(now);
    std::vector<lease> wanted;
    wanted.reserve(kept_.size());
    for (auto const& [_, one] : kept_) {
        one->asked = !one->over;
        if (one->asked) wanted.push_back(one->one);
    }
    return wanted;
}

void lease_book::end_beat(std::span<renewal const> answers, time_point began) {
    is_late_ = false;
    for (auto const& answer : answers) {
        auto const found = kept_.find(key_of(answer.renewed));
        if (found != kept_.end() && found->second->asked && !found->second->over) apply(found->second, answer);
    }
    next_beat_ = began + pace_.beat;
    bool const is_any_busy = std::ranges::any_of(answers,
                                                 [](auto const& one) { return one.how == renewal::state::busy; });
    if (is_any_busy) next_beat_ = std::min(next_beat_, began + pace_.pause);
    for (auto const& [_, one] : kept_)
        if (!one->asked) hasten_for(*one);
}

void lease_book::fail_beat(time_point now) {
    next_beat_ = now + pace_.pause;
    be_late();
}

void lease_book::be_late() {
    if (is_late_) return;
    for (auto const& [_, one] : kept_) set_late(one, true);
    is_late_ = true;
}

void lease_book::check(time_point now) {
    if (now < next_check_) return;
    auto next = time_point::max();
    for (auto const& [_, one] : kept_) {
        if (one->over) continue;
        auto const end = end_of_window(*one);
        if (now >= end) set_over(one, lease_news::unreachable);
        else next = std::min(next, end);
    }
    next_check_ = next;
}

std::optional<lease_book::word> lease_book::next_word() {
    auto next = take(last_words_);
    if (next) kept_.erase(kept_.find(key_of(next->of)));
    else next = take(other_words_);
    return next;
}

void lease_book::watch(entry const& one) noexcept {
    next_check_ = std::min(next_check_, end_of_window(one));
}

// Leases come with any time left; a short one must not wait for its first beat until it is over.
void lease_book::hasten_for(entry const& one) noexcept {
    next_beat_ = std::min(next_beat_, end_of_window(one) - pace_.patience);
}

void lease_book::apply(std::shared_ptr<entry> const& one, renewal const& answer) {
    if (answer.how == renewal::state::busy) return;
    if (answer.how == renewal::state::lost) return set_over(one, lease_news::lost);
    set_late(one, false);
    bool const ends = answer.how == renewal::state::ending;
    // Only a break makes a lease shorter.
    if (ends || answer.renewed.ends.at() > one->one.ends.at()) one->one.ends = answer.renewed.ends;
    watch(*one);
    if (ends && !one->ending) other_words_.emplace_back(one, lease_news::ending);
    one->ending = ends;
}

void lease_book::set_late(std::shared_ptr<entry> const& one, bool late) {
    if (one->late == late || one->over) return;
    other_words_.emplace_back(one, late ? lease_news::late : lease_news::on_time);
    one->late = late;
}

void lease_book::set_over(std::shared_ptr<entry> const& one, lease_news how) {
    last_words_.emplace_back(one, how);
    one->over = how;
}

std::optional<lease_book::word> lease_book::take(queue& from) {
    while (!from.empty()) {
        auto const [one, news] = std::move(from.front());
        from.pop_front();
        bool const was_overtaken = one->over && one->over != news;
        if (one->tell && !was_overtaken) return word{one->one, news, one->tell};
    }
    return {};
}

}  // namespace stint
