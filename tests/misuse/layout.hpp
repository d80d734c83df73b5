#pragma once

#include <cstddef>
#include <vector>

/// Sizes and alignments of the library's classes, as code sees them that is compiled so.
namespace checked {
std::vector<std::size_t> layout();
}
namespace unchecked {
std::vector<std::size_t> layout();
}
