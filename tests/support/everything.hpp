// A class with a member of every type that can be mapped, and an open attribute.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <stint/stint.hpp>

#include "books.hpp"

struct policy {
    int strength;
};

struct everything {
    stint::id<everything>                  id;
    bool                                   yes = false;
    std::int16_t                           small = 0;
    std::uint32_t                          medium = 0;
    std::int64_t                           large = 0;
    double                                 real = 0;
    std::string                            text;
    stint::decimal                         number;
    std::chrono::sys_seconds               second{};
    stint::timestamp                       instant{};
    stint::id<books::stock>                stock;
    std::optional<bool>                    maybe_yes{};
    std::optional<int>                     maybe_int{};
    std::optional<double>                  maybe_real{};
    std::optional<std::string>             maybe_text{};
    std::optional<stint::decimal>          maybe_number{};
    std::optional<stint::timestamp>        maybe_instant{};
    std::optional<stint::id<books::stock>> maybe_stock{};
    stint::version_number                  version;
};

template <>
struct stint::mapping<everything> {
    using e = everything;
    static constexpr auto value = stint::table(
        "everything", policy{3}, stint::key("id", &e::id), stint::version("version", &e::version),
        stint::field("yes", &e::yes), stint::field("small", &e::small), stint::field("medium", &e::medium),
        stint::field("large", &e::large), stint::field("real", &e::real), stint::field("text", &e::text),
        stint::field("number", &e::number, stint::scale(3)), stint::field("second", &e::second),
        stint::field("instant", &e::instant), stint::field("stock", &e::stock),
        stint::field("maybe_yes", &e::maybe_yes), stint::field("maybe_int", &e::maybe_int),
        stint::field("maybe_real", &e::maybe_real), stint::field("maybe_text", &e::maybe_text),
        stint::field("maybe_number", &e::maybe_number, stint::scale(0)),
        stint::field("maybe_instant", &e::maybe_instant), stint::field("maybe_stock", &e::maybe_stock));
};
