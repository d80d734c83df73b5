// commit_graph: the references between changes, and the order that follows (private to the room).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include <stint/commit_order.hpp>
#include <stint/identity_map.hpp>

#include "pending_change.hpp"

namespace stint {

class commit_graph {
public:
    /// A reference to be written after both objects are there.
    struct deferred_reference {
        std::size_t change;
        std::size_t field;

        friend auto operator<=>(deferred_reference const&, deferred_reference const&) = default;
    };

    /// Throws usage_error when references that can't be null form a cycle.
    explicit commit_graph(std::span<pending_change const> changes);

    /// Indices of changes.
    std::vector<std::size_t> const&     sequence() const noexcept { return sequence_; }
    std::set<deferred_reference> const& deferred() const noexcept { return deferred_; }
    bool is_deferred(deferred_reference const& one) const { return !deferred_.empty() && deferred_.contains(one); }

private:
    struct row {
        data_mapper const* type;
        std::int64_t       key;

        friend bool operator==(row const&, row const&) = default;
    };
    struct hash {
        std::size_t operator()(row const& of) const noexcept;
    };
    using changes_by_row = std::unordered_map<row, std::size_t, hash>;

    void              place_all();
    bool              may_have_edges() const;
    void              connect_all();
    void              connect(std::size_t change);
    void              connect_new_reference(std::size_t change, std::size_t field);
    void              connect_old_reference(std::size_t change, std::size_t field);
    void              first_then(std::size_t first, std::size_t then);
    void              solve();
    [[noreturn]] void refuse_cycle(std::vector<std::size_t> const& stuck) const;

    std::span<pending_change const> changes_;
    commit_order                    order_;
    changes_by_row                  added_, removed_;
    std::vector<deferred_reference> reference_of_edge_;
    std::vector<std::size_t>        sequence_;
    std::set<deferred_reference>    deferred_;
};

}  // namespace stint
