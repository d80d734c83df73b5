// commit_graph: the references between changes, and the order that follows (private to the room).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include <stint/object_key.hpp>

#include "commit_order.hpp"
#include "pending_change.hpp"
#include "unique_plan.hpp"

namespace stint {

class commit_graph {
public:
    /// A column of a row that is written once more than its change asks for.
    struct place {
        std::size_t change;
        std::size_t field;

        friend auto operator<=>(place const&, place const&) = default;
    };

    /// With the values that changes take of each other, where they are known. Throws usage_error when references that
    /// can't be null form a cycle.
    explicit commit_graph(std::span<pending_change const>        changes,
                          std::span<unique_plan::handover const> handovers = {});

    /// Indices of changes.
    std::vector<std::size_t> const& sequence() const noexcept { return sequence_; }
    /// References that are written after both objects are there.
    std::set<place> const& deferred() const noexcept { return deferred_; }
    bool is_deferred(place const& reference) const { return !deferred_.empty() && deferred_.contains(reference); }
    /// References that are set to null before anything is removed.
    std::set<place> const& released() const noexcept { return released_; }
    /// Unique values of which rows let go before anything else is written.
    std::set<place> const& parked() const noexcept { return parked_; }
    /// Changes that would have to let go of a value and can't.
    std::set<std::size_t> const& blocked() const noexcept { return blocked_; }

private:
    using changes_by_row = std::unordered_map<object_key, std::size_t>;

    /// Why one change comes before another, and so what follows when it doesn't.
    struct edge_cause {
        enum class cause : std::uint8_t { key_taken_over, new_reference, old_reference, unique_value };

        cause                      kind;
        std::size_t                change = 0;  ///< that writes the field once more if the edge is given up
        std::optional<std::size_t> field{};
    };
    using cause = edge_cause::cause;

    void              place_all();
    bool              may_have_edges() const;
    void              connect_all();
    void              connect(unique_plan::handover const& handover);
    void              connect(std::size_t change);
    void              connect_new_reference(std::size_t change, std::size_t field);
    void              connect_old_reference(std::size_t change, std::size_t field);
    void              first_then(std::size_t first, std::size_t second, edge_cause dependency, bool may_be_broken);
    void              give_up(std::size_t edge);
    void              solve();
    [[noreturn]] void refuse_cycle(std::vector<std::size_t> const& stuck) const;

    std::span<pending_change const> changes_;
    commit_order                    order_;
    changes_by_row                  added_, removed_;
    std::vector<edge_cause>         causes_;  // by edge
    std::vector<std::size_t>        sequence_;
    std::set<place>                 deferred_, released_, parked_;
    std::set<std::size_t>           blocked_;
};

}  // namespace stint
