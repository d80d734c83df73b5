#include "lock_choice.hpp"

#include <stdexcept>

namespace accounting {

namespace {

constexpr lock_choice choices[] = {lock_choice::none, lock_choice::optimistic, lock_choice::pessimistic,
                                   lock_choice::mixed};

}  // namespace

std::string_view to_string(lock_choice lock) noexcept {
    switch (lock) {
    case lock_choice::declared: return "declared";
    case lock_choice::none: return "none";
    case lock_choice::optimistic: return "optimistic";
    case lock_choice::pessimistic: return "pessimistic";
    case lock_choice::mixed: return "mixed";
    }
    return "";
}

std::vector<std::string> lock_choices() {
    std::vector<std::string> names;
    for (auto const choice : choices) names.emplace_back(to_string(choice));
    return names;
}

lock_choice lock_named(std::string_view name) {
    for (auto const choice : choices)
        if (to_string(choice) == name) return choice;
    throw std::invalid_argument("there is no lock '" + std::string(name) + "'");
}

bool takes_locks(lock_choice lock) noexcept {
    return lock != lock_choice::none && lock != lock_choice::optimistic;
}

}  // namespace accounting
