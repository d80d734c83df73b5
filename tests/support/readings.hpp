// A class with doubles, required and optional.
#pragma once

#include <optional>

#include <stint/stint.hpp>

namespace readings {

struct reading {
    stint::id<reading>    id;
    double                at_noon = 0;
    std::optional<double> at_night{};
};

}  // namespace readings

template <>
struct stint::mapping<readings::reading> {
    using reading = readings::reading;
    static constexpr auto value = stint::table("readings", stint::key("id", &reading::id), stint::version("version"),
                                               stint::field("at_noon", &reading::at_noon),
                                               stint::field("at_night", &reading::at_night));
};
