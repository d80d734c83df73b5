#include "lock_choice.hpp"

#include <stdexcept>

#include <stint/last_write_wins.hpp>

namespace accounting {

namespace {

constexpr lock_choice choices[] = {lock_choice::none, lock_choice::optimistic};

}  // namespace

std::string_view to_string(lock_choice lock) noexcept {
    switch (lock) {
    case lock_choice::none: return "none";
    case lock_choice::optimistic: return "optimistic";
    }
    return "";
}

std::vector<std::string> lock_names() {
    std::vector<std::string> names;
    for (auto const one : choices) names.emplace_back(to_string(one));
    return names;
}

lock_choice lock_named(std::string_view name) {
    for (auto const one : choices)
        if (to_string(one) == name) return one;
    throw std::invalid_argument("there is no lock '" + std::string(name) + "'");
}

stint::unit_options unit_with(lock_choice lock) {
    stint::unit_options options;
    if (lock == lock_choice::none) options.lock = std::make_shared<stint::last_write_wins>();
    return options;
}

}  // namespace accounting
