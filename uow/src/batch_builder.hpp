// batch_builder: turns changes, and what the lock strategy demands, into a write_batch (private to the room).
//
// Rows come in this order: guards (of the strategy; of objects that were only read; holds on the parents that new references
// name), then deletes, inserts and updates as the references between them allow, then the references that had to wait
// because new objects refer to each other in a cycle, then what the strategy writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include <stint/identity_map.hpp>
#include <stint/lock_strategy.hpp>
#include <stint/write_batch.hpp>

#include "commit_graph.hpp"
#include "pending_change.hpp"

namespace stint {

/// Where a row of the batch came from.
struct row_origin {
    tracked_object*       object = nullptr;  ///< null: a hold, or a row of the strategy that is about none
    access                how = access::read;
    pending_change const* written = nullptr;  ///< the change that the row carries out
    bool                  expects_version = false;
    bool                  of_strategy = false;
};

struct flush_batch {
    write_batch             rows;
    std::vector<row_origin> origins;
};

class batch_builder {
public:
    batch_builder(identity_map const& known, std::span<pending_change const> changes, flush_plan const& plan);

    /// Throws usage_error for a reference that can't be stored, value_error for a value.
    flush_batch build();

private:
    using shape_key = std::tuple<data_mapper const*, change_kind, bool, bool, std::vector<std::size_t>>;

    void       add_strategy_rows(bool writing);
    row_origin origin_of(strategy_row const& row) const;
    void       add_verified_reads();
    void       hold_parents();
    void       hold(data_mapper const& type, std::int64_t raw);
    void       add_write(std::size_t node);
    void       add_deferred(std::size_t node, std::size_t field);

    row_shape   make_shape(pending_change const& one, bool expects, bool key_given) const;
    std::size_t shape_for(pending_change const& one, bool expects, bool key_given);
    value       content(pending_change const& one, std::size_t field) const;
    value       reference(pending_change const& one, std::size_t field, value stored) const;
    value       key_of(tracked_object const& object) const;
    void push(std::size_t shape, std::vector<value> key, std::vector<value> conditions, std::vector<value> assignments,
              row_origin origin);

    identity_map const&                                    known_;
    std::span<pending_change const>                        changes_;
    flush_plan const&                                      plan_;
    commit_graph                                           graph_;
    std::set<tracked_object const*>                        expecting_;
    std::unordered_map<tracked_object const*, access>      how_;
    std::map<shape_key, std::size_t>                       shapes_;
    std::unordered_map<tracked_object const*, std::size_t> row_of_;  // of inserts
    flush_batch                                            result_;
};

}  // namespace stint
