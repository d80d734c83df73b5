// Shapes of which the rendered SQL is compared to the letter; the rest are in tables.hpp.
#pragma once

#include "tables.hpp"

namespace tables {

inline stint::row_shape hold_stock() {
    return {.action = row_action::lock, .table = "stocks", .key = {id}, .lock = stint::row_lock::key_share};
}

/// Somebody else's lock.
inline stint::row_shape forbid_lock() {
    return {.action = row_action::forbid,
            .table = "stint_locks",
            .key = {{"resource", {data_type::text}}},
            .conditions = {{{"owner", {data_type::text}}, stint::condition::test::differs},
                           {{"expires_at", {data_type::instant}}, stint::condition::test::later_than_clock}}};
}

inline stint::row_shape raise_stock() {
    using source = stint::assignment::source;
    return {.action = row_action::update,
            .table = "stocks",
            .key = {id},
            .assignments = {{quantity, source::raise}, {version, source::clock}}};
}

/// A document's stock.
inline stint::row_shape set_stock() {
    return {.action = row_action::update, .table = "documents", .key = {id}, .assignments = {{stock}}};
}

inline stint::row_shape insert_empty_document() {
    return {.action = row_action::insert, .table = "documents", .key = {id}, .key_given = false, .returning = {id}};
}

}  // namespace tables
