// create_tables<...>: the tables of mapped classes, made in a database or printed.
//
//     stint::create_tables<stock, document>(db);                // in one transaction
//     std::cout << stint::create_tables_sql<stock, document>(db);
//
// The classes come in any order. References become foreign keys with an index each; members that aren't std::optional,
// NOT NULL; the database gives a key where the application doesn't, and never the same twice. A table that exists is an
// error (schema_error): nothing is created then. For a first version and for tests; later changes of a
// schema belong in migrations.
//
// Without its index a reference makes the database read the whole table of children for every parent that is removed,
// and for every query by it. The index costs its place, and work at every insert of a child and every change of the
// reference (decision 11). A reference that can do without says so: field(..., stint::not_indexed).
#pragma once

#include <string>
#include <vector>

#include <stint/data_mapper.hpp>
#include <stint/database.hpp>

namespace stint {

void        create_tables(database& db, std::vector<table_definition> const& tables);
void        drop_tables(database& db, std::vector<table_definition> const& tables);
std::string create_tables_sql(database const& db, std::vector<table_definition> const& tables);

/// Throws database_error; schema_error when one of them exists.
template <mapped... T>
    requires(sizeof...(T) > 0)
void create_tables(database& db) {
    create_tables(db, {mapper_of<T>().definition()...});
}

/// Drops those that exist, with all that is in them.
template <mapped... T>
    requires(sizeof...(T) > 0)
void drop_tables(database& db) {
    drop_tables(db, {mapper_of<T>().definition()...});
}

/// The statements that create_tables would run, in the words of the database's engine.
template <mapped... T>
    requires(sizeof...(T) > 0)
std::string create_tables_sql(database const& db) {
    return create_tables_sql(db, {mapper_of<T>().definition()...});
}

// clang-format off: an attribute on a line of its own

// Mistakes, each with its sentence.
template <class... T>
    requires(!(mapped<T> && ...))
__attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
void create_tables(database&);
template <class... T>
    requires(!(mapped<T> && ...))
__attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
void drop_tables(database&);
template <class... T>
    requires(!(mapped<T> && ...))
__attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
std::string create_tables_sql(database const&);
template <class... T>
    requires(sizeof...(T) == 0)
__attribute__((unavailable("say of which classes: create_tables<stock, document>(db)")))
void create_tables(database&);
template <class... T>
    requires(sizeof...(T) == 0)
__attribute__((unavailable("say of which classes: drop_tables<stock, document>(db)")))
void drop_tables(database&);
template <class... T>
    requires(sizeof...(T) == 0)
__attribute__((unavailable("say of which classes: create_tables_sql<stock, document>(db)")))
std::string create_tables_sql(database const&);

// clang-format on

}  // namespace stint
