// counter: one row that everybody wants to increment.
#pragma once

#include <cstdint>

#include <stint/stint.hpp>

#include "support/place.hpp"

namespace bench {

struct counter {
    stint::id<counter> id;
    std::int64_t       number = 0;
};

}  // namespace bench

template <>
struct stint::mapping<bench::counter> {
    static constexpr auto value = stint::table("counters", stint::key("id", &bench::counter::id),
                                               stint::version("version"),
                                               stint::field("number", &bench::counter::number));
};

namespace bench {

/// Makes the table with row 1, which is 0.
inline void make_counter(place& where) {
    stint::create_tables<counter>(where.db());
    stint::run(where.db(), [](stint::unit_of_work& work) { work.add(counter{stint::id<counter>{1}}); });
}

inline std::int64_t counted(place& where) {
    stint::unit_of_work look{where.db()};
    return look.get<counter>(1)->number;
}

}  // namespace bench
