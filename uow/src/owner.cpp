#include "owner.hpp"

#include <random>

namespace stint::detail {

std::string new_owner() {
    std::random_device device;
    std::string        text;
    for (int i = 0; i < 4; ++i) {
        auto bits = device();
        for (int digit = 0; digit < 8; ++digit, bits >>= 4) text += "0123456789abcdef"[bits & 15U];
    }
    return text;
}

}  // namespace stint::detail
