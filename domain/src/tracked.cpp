#include <stint/tracked.hpp>

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>

namespace stint {

std::string_view to_string(object_state state) noexcept {
    switch (state) {
    case object_state::clean: return "clean";
    case object_state::edited: return "edited";
    case object_state::added: return "added";
    case object_state::removed: return "removed";
    case object_state::gone: return "gone";
    }
    return "";
}

void tracked_object::set_version(version_number version) {
    version_ = version;
    mapper().show_version(mutable_object(), version);
}

std::string tracked_object::name() const {
    return mapper().name_of(key_);
}

void tracked_object::set_key(row_key key) {
    key_ = key;
    store_.show_key(*this, key);
}

void tracked_object::begin_edit() {
    switch (state_) {
    case object_state::edited: return;
    case object_state::added: handed_out_ = true; return;
    case object_state::removed:
    case object_state::gone:
        throw usage_error(name() + " is " + std::string(to_string(state_)) + " and can't be edited");
    case object_state::clean: break;
    }
    store_.listener().before_first_edit(*this);
    if (!has_snapshot()) take_snapshot();  // else an earlier reference may have changed the object already
    handed_out_ = true;
    state_ = object_state::edited;
}

void tracked_object::settle() {
    if (handed_out_) take_snapshot();
    state_ = object_state::clean;
}

void tracked_object::take_snapshot() {
    if (has_snapshot()) {
        store_.take_snapshot_again(*this, snapshot_);
    } else {
        snapshot_ = store_.take_snapshot(*this);
    }
}

}  // namespace stint
