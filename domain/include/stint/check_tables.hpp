// check_tables<...>: whether the tables of a database fit the mappings, asked at start.
//
//     stint::check_tables<stock, document>(db);      // throws table_mismatch: all that is different, in one error
//     for (auto const& difference : stint::table_differences<stock, document>(db)) ...       // to judge oneself
//
// It finds missing tables and columns; types that would round, cut, convert or misread what the members hold; keys that
// aren't unique, or that a new row doesn't get by itself; a version that may be NULL or is too small; columns that may
// be NULL under members that can't be none, and the reverse; columns that a new row needs and the mapping doesn't name.
// Of views only columns and types, as far as the engine tells them. What could lose a value is refused by a flush, too,
// asked or not (table_difference.hpp).
#pragma once

#include <vector>

#include <stint/data_mapper.hpp>
#include <stint/database.hpp>
#include <stint/table_difference.hpp>

namespace stint {

std::vector<table_difference> table_differences(database& db, std::vector<table_definition> const& tables);
void                          check_tables(database& db, std::vector<table_definition> const& tables);

/// Reads the tables of the database as they are now, in one trip. Throws database_error.
template <mapped... T>
    requires(sizeof...(T) > 0)
std::vector<table_difference> table_differences(database& db) {
    return table_differences(db, {mapper_of<T>().definition()...});
}

/// Throws table_mismatch, a schema_error, with all differences; and what table_differences throws.
template <mapped... T>
    requires(sizeof...(T) > 0)
void check_tables(database& db) {
    check_tables(db, {mapper_of<T>().definition()...});
}

// clang-format off: an attribute on a line of its own

// Mistakes, each with its sentence.
template <class... T>
    requires(!(mapped<T> && ...))
__attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
std::vector<table_difference> table_differences(database&);
template <class... T>
    requires(!(mapped<T> && ...))
__attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
void check_tables(database&);
template <class... T>
    requires(sizeof...(T) == 0)
__attribute__((unavailable("say of which classes: table_differences<stock, document>(db)")))
std::vector<table_difference> table_differences(database&);
template <class... T>
    requires(sizeof...(T) == 0)
__attribute__((unavailable("say of which classes: check_tables<stock, document>(db)")))
void check_tables(database&);

// clang-format on

}  // namespace stint
