// "w7": a name with a number. ("w" + std::to_string(7) makes g++ 12 see overlaps in memcpy that aren't there, bug
// 105651.)
#pragma once

#include <string>

inline std::string numbered(std::string name, long number) {
    name += std::to_string(number);
    return name;
}
