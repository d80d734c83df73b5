#include "unit_defaults.hpp"

#include <random>

#include <stint/implicit_lock.hpp>

namespace stint::detail {

unit_options with_defaults(unit_options given, database const& db) {
    if (auto const* const usual = db.default_of<unit_defaults>()) {
        if (given.lock == nullptr) given.lock = usual->lock;
        if (!given.verify) given.verify = usual->verify;
        if (!given.wait) given.wait = usual->wait;
        if (given.label.empty()) given.label = usual->label;
    }
    if (given.lock == nullptr) given.lock = implicit_lock::shared();
    if (!given.verify) given.verify = verify::writes;
    return given;
}

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
