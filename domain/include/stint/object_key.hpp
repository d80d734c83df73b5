// object_key: which object of which class. A regular value; the mapper lives as long as the program.
#pragma once

#include <cstdint>

namespace stint {

class data_mapper;

struct object_key {
    data_mapper const* type;
    std::int64_t       key;

    friend bool operator==(object_key const&, object_key const&) = default;
};

}  // namespace stint
