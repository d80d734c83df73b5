// How the books are stored, and what those who edit them must lock. The only file of the sample that names tables and
// columns.
//
// Only one clerk at a time edits a document: a colleague is told before reading it. Many clerks take from a stock;
// whoever is late starts again.
#pragma once

#include <stint/lock_policy.hpp>
#include <stint/mapping.hpp>

#include "books.hpp"

template <>
struct stint::mapping<accounting::stock> {
    static constexpr auto value = stint::table(
        "stocks", stint::lock_policy::optimistic, stint::key("id", &accounting::stock::id), stint::version("version"),
        stint::field("name", &accounting::stock::name),
        stint::field("opening", &accounting::stock::opening, stint::scale(accounting::quantity_decimals)),
        stint::field("quantity", &accounting::stock::quantity, stint::scale(accounting::quantity_decimals)));
};

template <>
struct stint::mapping<accounting::document> {
    static constexpr auto value = stint::table(
        "documents", stint::lock_policy::exclusive_read, stint::key("id", &accounting::document::id),
        stint::version("version"),
        stint::field("quantity", &accounting::document::quantity, stint::scale(accounting::quantity_decimals)),
        stint::field("processed", &accounting::document::processed),
        stint::field("stock", &accounting::document::stock));
};
