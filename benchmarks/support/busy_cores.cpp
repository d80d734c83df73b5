#include "support/busy_cores.hpp"

#include <array>
#include <fstream>
#include <numeric>
#include <string>

namespace bench {

busy_cores::ticks busy_cores::read() {
    std::ifstream in{"/proc/stat"};
    std::string   word;
    std::array<std::int64_t, 8>
        spent{};  // user, nice, system, idle, waiting for a disk, interrupts (2), taken by other machines
    in >> word;
    for (auto& one : spent) in >> one;
    return {std::accumulate(spent.begin(), spent.end(), std::int64_t{0}), spent[3] + spent[4]};
}

double busy_cores::percent() const {
    auto const now = read();
    auto const all = now.all - before_.all;
    return all == 0 ? 0 : 100.0 * static_cast<double>(all - (now.idle - before_.idle)) / static_cast<double>(all);
}

}  // namespace bench
