// identity_map: one object for one row, in one unit of work.
//
// Finds the record of a key, nothing else: whose objects they are, and what is to be written, is the unit's
// business. New objects are found by their pending key. Used by one thread at a time.
// (Fowler, PoEAA ch. 11, Identity Map.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include <stint/data_mapper.hpp>
#include <stint/tracked.hpp>

namespace stint {

class identity_map {
public:
    /// The object of this class and key, or null.
    tracked_object* find(data_mapper const& type, std::int64_t key) const noexcept {
        auto const of_type = types_.find(&type);
        if (of_type == types_.end()) return nullptr;
        auto const found = of_type->second.find(key);
        return found == of_type->second.end() ? nullptr : found->second;
    }

    /// Enters an object under its key, in place of another that may stand there.
    void put(tracked_object& object) { types_[&object.mapper()][object.raw_key()] = &object; }

    /// Takes an object out, unless another has taken its place.
    void take_out(tracked_object const& object, std::int64_t key) noexcept {
        auto const of_type = types_.find(&object.mapper());
        if (of_type == types_.end()) return;
        auto const found = of_type->second.find(key);
        if (found != of_type->second.end() && found->second == &object) of_type->second.erase(found);
    }

private:
    std::unordered_map<data_mapper const*, std::unordered_map<std::int64_t, tracked_object*>> types_;
};

}  // namespace stint
