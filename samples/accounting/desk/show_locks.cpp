#include "show_locks.hpp"

#include <ostream>

#include "time_span.hpp"

namespace accounting {

namespace {

std::vector<shown_lock> with_who_waits(stint::lock_table& locks, std::vector<stint::held_lock> const& list) {
    std::vector<shown_lock> result;
    for (auto const& lock : list) result.push_back({lock, locks.waiting_for(lock.name)});
    return result;
}

/// "2026-11-21 09:00:00Z"
std::string to_seconds(stint::timestamp time) {
    auto text = stint::to_string(time);
    text.at(text.find('T')) = ' ';
    return text.substr(0, text.find('.')) + "Z";
}

std::string joined(std::vector<std::string> const& words) {
    std::string text;
    for (auto const& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

double seconds(std::chrono::microseconds time) {
    return static_cast<double>(std::chrono::floor<std::chrono::milliseconds>(time).count()) / 1000;
}

}  // namespace

std::vector<shown_lock> list_locks(stint::lock_table& locks) {
    return with_who_waits(locks, locks.list());
}

std::vector<shown_lock> list_locks(stint::lock_table& locks, std::vector<std::string> const& names) {
    return with_who_waits(locks, locks.find(names));
}

json to_json(stint::held_lock const& lock) {
    return {{"name", lock.name},
            {"owner", lock.owner},
            {"label", lock.label},
            {"reason", lock.reason},
            {"fence", lock.fence},
            {"since", stint::to_string(lock.since)},
            {"until", stint::to_string(lock.until)},
            {"seconds_left", seconds(lock.left)},
            {"broken_by", lock.broken_by}};
}

json to_json(std::vector<shown_lock> const& locks) {
    auto list = json::array();
    for (auto const& lock : locks) {
        list.push_back(to_json(lock.held));
        list.back()["waiting"] = lock.waiting;
    }
    return list;
}

text_table to_table(std::vector<shown_lock> const& locks) {
    text_table table{{"lock"},  {"owner"}, {"label"}, {"reason"},    {"fence", align::right},
                     {"since"}, {"until"}, {"left"},  {"broken by"}, {"waiting"}};
    for (auto const& [held, waiting] : locks)
        table.row({held.name, held.owner, held.label, held.reason, std::to_string(held.fence), to_seconds(held.since),
                   to_seconds(held.until), in_words(held.left), held.broken_by, joined(waiting)});
    return table;
}

void answer_locks(session const& session, std::vector<shown_lock> const& list) {
    if (session.as_json) {
        session.answer(to_json(list));
    } else {
        session.out << to_table(list);
    }
}

}  // namespace accounting
