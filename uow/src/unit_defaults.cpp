#include "unit_defaults.hpp"

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

}  // namespace stint::detail
