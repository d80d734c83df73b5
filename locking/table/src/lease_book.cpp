#include "lease_book.hpp"

#include <algorithm>
#include <utility>

namespace stint {

lease_book::listener lease_book::keep(lease const& lease, listener tell, time_point now) {
    auto const fresh = std::make_shared<entry>(entry{.lease = lease, .tell = std::move(tell)});
    if (kept_.empty()) next_beat_ = now + pace_.beat;
    auto& place = kept_[key(key_of(lease))];
    auto  before = place ? std::exchange(place->tell, nullptr) : nullptr;
    place = fresh;
    hasten_for(*fresh);
    watch(*fresh);
    if (is_late_) set_late(fresh, true);
    return before;
}

lease_book::forgotten lease_book::forget(lease const& lease) noexcept {
    auto const found = kept_.find(key_of(lease));
    if (found == kept_.end()) return {};
    forgotten result{std::move(found->second->lease), std::exchange(found->second->tell, nullptr)};
    kept_.erase(found);
    return result;
}

bool lease_book::relies_on(lease const& lease, time_point now) const noexcept {
    auto const found = kept_.find(key_of(lease));
    return found != kept_.end() && !found->second->over && now < end_of_window(*found->second);
}

std::size_t lease_book::kept() const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(kept_, [](auto const& each) { return !each.second->over; }));
}

std::vector<lease_book::listener> lease_book::clear() {
    std::vector<listener> listeners;
    listeners.reserve(kept_.size());
    for (auto const& [_, record] : kept_) listeners.push_back(std::exchange(record->tell, nullptr));
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
    for (auto const& [_, record] : kept_) {
        record->asked = !record->over;
        if (record->asked) wanted.push_back(record->lease);
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
    bool const is_any_busy = std::ranges::any_of(
        answers, [](auto const& answer) { return answer.outcome == renewal::state::busy; });
    if (is_any_busy) next_beat_ = std::min(next_beat_, began + pace_.pause);
    for (auto const& [_, record] : kept_)
        if (!record->asked) hasten_for(*record);
}

void lease_book::fail_beat(time_point now) {
    next_beat_ = now + pace_.pause;
    be_late();
}

void lease_book::be_late() {
    if (is_late_) return;
    for (auto const& [_, record] : kept_) set_late(record, true);
    is_late_ = true;
}

void lease_book::check(time_point now) {
    if (now < next_check_) return;
    auto next = time_point::max();
    for (auto const& [_, record] : kept_) {
        if (record->over) continue;
        auto const end = end_of_window(*record);
        if (now >= end) set_over(record, lease_news::unreachable);
        else next = std::min(next, end);
    }
    next_check_ = next;
}

std::optional<lease_book::word> lease_book::next_word() {
    auto next = take(last_words_);
    if (next) kept_.erase(kept_.find(key_of(next->lease)));
    else next = take(other_words_);
    return next;
}

void lease_book::watch(entry const& record) noexcept {
    next_check_ = std::min(next_check_, end_of_window(record));
}

// Leases come with any time left; a short one must not wait for its first beat until it is over.
void lease_book::hasten_for(entry const& record) noexcept {
    next_beat_ = std::min(next_beat_, end_of_window(record) - pace_.patience);
}

void lease_book::apply(std::shared_ptr<entry> const& record, renewal const& answer) {
    if (answer.outcome == renewal::state::busy) return;
    if (answer.outcome == renewal::state::lost) return set_over(record, lease_news::lost);
    set_late(record, false);
    bool const ends = answer.outcome == renewal::state::ending;
    // Only a break makes a lease shorter.
    if (ends || answer.renewed.ends.at() > record->lease.ends.at()) record->lease.ends = answer.renewed.ends;
    watch(*record);
    if (ends && !record->ending) other_words_.emplace_back(record, lease_news::ending);
    record->ending = ends;
}

void lease_book::set_late(std::shared_ptr<entry> const& record, bool late) {
    if (record->late == late || record->over) return;
    other_words_.emplace_back(record, late ? lease_news::late : lease_news::on_time);
    record->late = late;
}

void lease_book::set_over(std::shared_ptr<entry> const& record, lease_news news) {
    last_words_.emplace_back(record, news);
    record->over = news;
}

std::optional<lease_book::word> lease_book::take(queue& words) {
    while (!words.empty()) {
        auto const [record, news] = std::move(words.front());
        words.pop_front();
        bool const was_overtaken = record->over && record->over != news;
        if (record->tell && !was_overtaken) return word{record->lease, news, record->tell};
    }
    return {};
}

}  // namespace stint
