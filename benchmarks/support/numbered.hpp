// "w7": a name with a number. ("w" + std::to_string(7) makes g++ 12 see overlaps in memcpy that aren't there, bug
// 105651.)
#pragma once

#include <cstdint>
#include <string>

namespace bench {

inline std::string numbered(std::string name, std::int64_t number) {
    name += std::to_string(number);
    return name;
}

}  // namespace bench
