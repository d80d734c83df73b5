#include <stint/held_lock.hpp>

namespace stint {

namespace {

/// "9 min 58 s", in the two largest units.
std::string in_words(std::chrono::microseconds time) {
    using namespace std::chrono;
    auto const whole = ceil<seconds>(time).count();
    auto const number = [](auto count, char const* unit) { return std::to_string(count) + unit; };
    if (whole < 60) return number(whole, " s");
    if (whole < 3600) return number(whole / 60, " min ") + number(whole % 60, " s");
    if (whole < 86400) return number(whole / 3600, " h ") + number(whole / 60 % 60, " min");
    return number(whole / 86400, " d ") + number(whole / 3600 % 24, " h");
}

/// "desk-7 (Ann: editing)"
std::string holder_of(held_lock const& lock) {
    auto remark = lock.label == lock.owner ? std::string{} : lock.label;
    if (!lock.reason.empty()) remark += (remark.empty() ? "" : ": ") + lock.reason;
    return remark.empty() ? lock.owner : lock.owner + " (" + remark + ")";
}

}  // namespace

std::string to_string(held_lock const& lock) {
    if (lock.owner.empty()) return lock.name + " is held by nobody";
    auto text = lock.name + " is held by " + holder_of(lock) + " since " + to_string(lock.since);
    if (lock.left.count() > 0) text += ", for another " + in_words(lock.left);
    if (!lock.broken_by.empty()) text += ", and being broken by " + lock.broken_by;
    return text;
}

}  // namespace stint
