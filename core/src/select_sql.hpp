// select_sql: renders selections, through a dialect, and keeps what it has rendered.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <stint/selection.hpp>

#include "dialect.hpp"
#include "least_recently_used.hpp"

namespace stint {

struct select_text {
    std::string              sql;
    std::vector<column_type> types;
};

/// Rendered once for all selections that differ in their values alone (null is no value here).
select_text select_sql(selection const& selected, dialect const& spelling);
/// The values that go with it.
std::vector<value> select_parameters(selection const& selected, dialect const& spelling);
/// A limit beyond all integers is none.
bool has_limit(selection const& selected) noexcept;

/// The SQL of selections that one connection has rendered, so that a read which differs from an earlier one in its
/// values alone, as nearly all do, is not rendered again.
class selection_cache {
public:
    explicit selection_cache(std::size_t capacity) : texts_(capacity) {}

    /// Throws usage_error for a selection that makes no sense.
    std::shared_ptr<select_text const> rendered(selection const& selected, dialect const& spelling);

private:
    struct hash {
        std::size_t operator()(selection const& selected) const noexcept;
    };
    struct same_text {
        bool operator()(selection const& left, selection const& right) const noexcept;
    };

    least_recently_used<selection, std::shared_ptr<select_text const>, hash, same_text> texts_;
};

}  // namespace stint
