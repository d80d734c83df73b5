// The examples of the public headers, compiled: each .inc is written from the comments of the header of its name
// (examples.awk). Around it stands what a reader takes for granted.

#include <chrono>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <spdlog/logger.h>

#include <stint/detail/count_scope.hpp>
#include <stint/detail/lifetime.hpp>
#include <stint/events.hpp>
#include <stint/extension/lock_rows.hpp>
#include <stint/last_write_wins.hpp>
#include <stint/lease_keeper.hpp>
#include <stint/lock_table.hpp>
#include <stint/log.hpp>
#include <stint/optimistic_lock.hpp>
#include <stint/stint.hpp>
#include <stint/transaction.hpp>

using namespace std::chrono_literals;

namespace accounting {

struct stock {
    stint::id<stock> id;
    std::string      name;
    stint::decimal   quantity;
};

struct document {
    stint::id<document>          id;
    stint::decimal               quantity;
    bool                         processed = false;
    stint::id<accounting::stock> stock;
};

}  // namespace accounting

#include "mapping.inc"

template <>
struct stint::mapping<accounting::document> {
#include "lock_policy.inc"
};

namespace {

using accounting::document;
using accounting::stock;

template <class... Things>
void show(Things const&...) {}

struct entry_form {
    void close(std::string const&) {}
};

void mark(entry_form&, std::vector<std::string> const&, std::string const&) {}

void with_connection(stint::database& db, std::string const& owner) {
    using namespace stint;
#include "connection.inc"
}

void with_count_scope(stint::lock_table& locks, std::vector<std::string> const& names,
                      stint::lock_request const& request, stint::deadline until) {
    using namespace stint;
    using namespace stint::detail;
#include "count_scope.inc"
}

void with_counters(stint::database& db, stint::unit_of_work& work) {
#include "counters.inc"
}

void with_check_tables(stint::database& db) {
#include "check_tables.inc"
}

void with_create_tables(stint::database& db) {
#include "create_tables.inc"
}

void with_database() {
#include "database.inc"
}

void with_table_difference(stint::database& db) {
    auto const log = [](auto const&... words) { show(words...); };
    try {
        stint::check_tables<stock>(db);
    }
#include "table_difference.inc"
}

void with_unique_rule(stint::database& db) {
#include "unique_rule.inc"
}

void with_deadline(stint::unit_of_work& work) {
#include "deadline.inc"
}

void with_decimal() {
#include "decimal.inc"
}

void with_error(stint::unit_of_work& work, entry_form& form) {
#include "error.inc"
}

void with_lifetime() {
    using namespace stint::detail;
#include "lifetime.inc"
}

void with_log(std::shared_ptr<spdlog::logger> const& my_logger) {
#include "log.inc"
}

void with_selection() {
    using namespace stint;
    column const id{"id", {data_type::integer}}, name{"name", {data_type::text}};
    show(
#include "selection.inc"
    );
}

void with_transaction(stint::connection* connection) {
    using namespace stint;
#include "transaction.inc"
}

void with_write_batch() {
    using namespace stint;
    column const id{"id", {data_type::integer}}, quantity{"quantity", {data_type::numeric, 2}}, version{"version", {}};
#include "write_batch.inc"
}

void with_id(stint::unit_of_work& work) {
#include "id.inc"
}

void with_mapping() {
    show(
#include "mapping_2.inc"
    );
}

void with_query(stint::unit_of_work& work, stint::id<stock> id) {
    using namespace stint;
#include "query.inc"
}

void with_tracked(stint::unit_of_work& work, stint::decimal sold) {
#include "tracked.inc"
}

void with_implicit_lock(stint::database& db) {
#include "implicit_lock.inc"
}

void with_stronger_implicit_lock(stint::database& db) {
#include "implicit_lock_2.inc"
}

void with_last_write_wins(stint::database& db) {
#include "last_write_wins.inc"
}

void with_lease_keeper(stint::lock_table& locks, stint::lease const& mine, entry_form& form) {
#include "lease_keeper.inc"
}

void with_lock_rows(stint::flush_plan& plan, stint::lease const& lease, stint::tracked_object const& object) {
    using namespace stint;
#include "lock_rows.inc"
}

void with_explained_lock_rows(stint::unit_context& unit, std::span<stint::refused_row> rows) {
    using namespace stint;
#include "lock_rows_2.inc"
}

void with_flush_plan(stint::flush_plan& plan, stint::column const& moment, stint::timestamp now) {
    using namespace stint;
#include "flush_plan.inc"
}

void with_verify(stint::database& db) {
#include "verify.inc"
}

void with_lock_table(stint::database& db, std::string const& session) {
#include "lock_table.inc"
}

void with_optimistic_lock(stint::database& db) {
#include "optimistic_lock.inc"
}

void with_change(stint::unit_of_work& work) {
#include "change.inc"
}

void with_conflict(stint::unit_of_work& work) {
    try {
        work.commit();
    }
#include "conflict.inc"
}

void with_events(stint::unit_of_work& work) {
#include "events.inc"
}

struct sale {
    stint::id<sale>              id;
    stint::id<accounting::stock> stock;
    stint::decimal               quantity;
};

}  // namespace

template <>
struct stint::mapping<sale> {
    static constexpr auto value = stint::table("sales", stint::key("id", &sale::id), stint::version("version"),
                                               stint::field("stock", &sale::stock),
                                               stint::field("quantity", &sale::quantity, stint::scale(2)));
};

namespace {

void with_run(stint::database& db, stint::decimal sold) {
#include "run.inc"
}

void with_run_and_callable(stint::database& db) {
    stint::run(db, [](stint::unit_of_work& work) {
        auto const order = work.add(stock{.id = {}, .name = "rye", .quantity = 1});
#include "run_2.inc"
    });
}

void with_unit_options(std::string const& url) {
#include "unit_options.inc"
}

void with_unit_of_work(stint::database& db) {
#include "unit_of_work.inc"
}

}  // namespace
