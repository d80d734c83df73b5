// selection_cache: the SQL of selections that one connection has rendered, so that a read which differs from an earlier
// one in its values alone, as nearly all do, is not rendered again.
#pragma once

#include <cstddef>
#include <memory>
#include <unordered_map>

#include <stint/selection.hpp>

#include "dialect.hpp"
#include "sql.hpp"

namespace stint {

class selection_cache {
public:
    explicit selection_cache(std::size_t capacity) : capacity_(capacity) {}

    /// Throws usage_error for a selection that makes no sense.
    std::shared_ptr<select_text const> rendered(selection const& what, dialect const& spelling);

private:
    struct entry {
        selection                          like;
        std::shared_ptr<select_text const> text;
    };

    std::size_t                                 capacity_;
    std::unordered_multimap<std::size_t, entry> entries_;  // by what a selection can be told by quickly
};

}  // namespace stint
