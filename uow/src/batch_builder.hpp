// batch_builder: turns changes, and what the plan demands, into a write_batch (private to the room).
//
// Rows come in this order: guards (of the plan; of objects that were only read; holds on the parents that new
// references name), then references that are set to null because removed objects refer to each other in a cycle, and
// unique values of which rows let go for others, then deletes, inserts and updates as the references between them
// allow, then the references that had to wait because new objects refer to each other in a cycle, then what rows
// of the plan write.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include <stint/detail/identity_map.hpp>
#include <stint/extension/flush_plan.hpp>
#include <stint/write_batch.hpp>

#include "commit_graph.hpp"
#include "pending_change.hpp"

namespace stint {

/// Where a row of the batch came from.
struct row_origin {
    tracked_object const*      object = nullptr;  ///< null: a hold, or a row of the plan that is about none
    stint::access              access = stint::access::read;
    pending_change const*      written = nullptr;  ///< the change that the row carries out
    bool                       expects_version = false;
    std::optional<std::size_t> plan_row{};  ///< which row of the plan it is
    bool is_extra = false;  ///< writes a column of the object beside the row that carries out its change

    friend bool operator==(row_origin const&, row_origin const&) = default;
};

struct flush_batch {
    write_batch             rows;
    std::vector<row_origin> origins;
};

class batch_builder {
public:
    batch_builder(identity_map const& known, std::span<pending_change const> changes, flush_plan const& plan,
                  unique_plan* values = nullptr, parking means = parking::null_or_far);

    commit_graph const& graph() const noexcept { return graph_; }

    /// Throws usage_error for a reference that can't be stored, value_error for a value.
    flush_batch build();

private:
    /// What rows have in common that are written.
    struct shape_key {
        data_mapper const*            type = nullptr;
        stint::access                 access = stint::access::changed;
        field_sets::value_type const* written = nullptr;
        bool                          expects = false;
        bool                          key_given = true;

        friend auto operator<=>(shape_key const&, shape_key const&) = default;
    };

    void                    reserve();
    void                    add_plan_rows(bool writing);
    row_origin              origin_of(std::size_t plan_row);
    void                    index_plan();
    void                    add_verified_reads();
    std::vector<object_key> named_parents() const;
    void                    hold_parents();
    void                    add_write(std::size_t change);
    void                    park_values();
    void                    write_alone(std::size_t change, std::size_t field, value given);

    value       content(tracked_object const& object, std::size_t field);
    value       key_of(tracked_object const& object);
    value       key_of_new(tracked_object const& object, std::size_t field, row_key key);
    std::size_t row_of(tracked_object const& added);

    row_shape   make_shape(shape_key const& key) const;
    std::size_t shape_for(shape_key const& key);
    void        push(std::size_t shape, row_origin origin);

    identity_map const&                               known_;
    std::span<pending_change const>                   changes_;
    flush_plan const&                                 plan_;
    unique_plan*                                      values_given_up_;
    parking                                           how_parked_;
    commit_graph                                      graph_;
    std::vector<bool>                                 expects_;   // by change
    std::unordered_map<tracked_object const*, access> accesses_;  // where a row of the plan is about one
    std::map<shape_key, std::size_t>                  shapes_;
    std::pair<shape_key const, std::size_t> const*    last_shape_ = nullptr;
    std::vector<value>                                values_;  // of the row that is being made
    flush_batch                                       result_;

    std::vector<std::pair<tracked_object const*, std::size_t>> new_rows_;  // whose keys the database gives
    std::unordered_map<tracked_object const*, std::size_t>     row_of_;    // the first indexed_ of them
    std::size_t                                                indexed_ = 0;
};

}  // namespace stint
