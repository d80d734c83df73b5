// commit_report: what a commit has done. A regular value.
#pragma once

#include <cstddef>
#include <exception>
#include <vector>

namespace stint {

struct commit_report {
    std::size_t inserted = 0;
    std::size_t updated = 0;
    std::size_t removed = 0;
    /// What slots of events::committed threw; the commit stands.
    std::vector<std::exception_ptr> slot_errors{};
};

}  // namespace stint
