// civil_time: a timestamp as year to microsecond, and back.
//
// std::chrono::year ends at 32767; a timestamp reaches the year 294247 and PostgreSQL's nearly as far. So this is done
// by hand. (Howard Hinnant, chrono-Compatible Low-Level Date Algorithms.)
#pragma once

#include <cstdint>

#include <stint/value.hpp>

namespace stint {

struct civil_time {
    std::int64_t year = 1970;  ///< 0 is 1 BC
    unsigned     month = 1, day = 1, hour = 0, minute = 0, second = 0, microsecond = 0;
};

civil_time to_civil(timestamp time) noexcept;
timestamp  from_civil(civil_time const& time) noexcept;

}  // namespace stint
