#include <stint/lock_error.hpp>

#include <stint/data_mapper.hpp>

namespace stint {

namespace {

std::string was_found(std::optional<version_number> found) {
    return found ? "version " + std::to_string(found->value()) + " is there" : "it is gone";
}

error_subject subject_of(tracked_object const& object) {
    return {.table = object.mapper().table(), .key = object.mapper().key_text(object.key())};
}

}  // namespace

lock_required::lock_required(tracked_object const& object, lock_policy demanded)
    : error(object.name() + " can't be written without its lock: the mapping demands '" +
                std::string(to_string(demanded)) + "', and the unit's lock strategy took none",
            error_kind::usage, advice::fix_the_code, subject_of(object)),
      demanded_(demanded) {}

changed_before_lock::changed_before_lock(tracked_object const& object, std::optional<version_number> found)
    : error(object.name() + " was changed before it was locked: version " + std::to_string(object.version().value()) +
                " was read, " + was_found(found) + "; read it again",
            found ? error_kind::conflict : error_kind::gone, advice::reload_and_retry, subject_of(object)),
      expected_(object.version()), found_(found) {}

bool changed_before_lock::is_of(tracked_object const& object) const {
    return table() == object.mapper().table() && key() == object.mapper().key_text(object.key());
}

}  // namespace stint
