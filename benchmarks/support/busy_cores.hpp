// busy_cores: how much of the machine was at work, whoever worked, while something ran.
#pragma once

#include <cstdint>

namespace bench {

class busy_cores {
public:
    busy_cores() : before_(read()) {}

    /// Percent of all cores' time since the construction.
    double percent() const;

private:
    struct ticks {
        std::int64_t all = 0, idle = 0;
    };
    static ticks read();

    ticks before_;
};

}  // namespace bench
