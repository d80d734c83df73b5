#include "table_check.hpp"

#include <algorithm>

#include <stint/detail/key_range.hpp>

#include "written_row.hpp"

namespace stint {
namespace {

using kind = table_difference::kind;

kind kind_of(column_fit fit) noexcept {
    switch (fit) {
    case column_fit::converts: return kind::converts;
    case column_fit::too_small: return kind::too_small;
    case column_fit::other_type:
    case column_fit::good: break;
    }
    return kind::other_type;
}

class comparison_of_table {
public:
    comparison_of_table(table_definition const& mapped, table_facts const& facts, dialect const& spelling)
        : mapped_(mapped), table_(facts), spelling_(spelling) {}

    std::vector<table_difference> run() &&;

private:
    void note(kind difference, std::string const& column, std::string const& type = {}) {
        found_.push_back({difference, mapped_.name, column, type});
    }
    void compare(column_definition const& column);
    void compare_nulls(column_definition const& column, column_facts const& facts);
    void compare_key();
    void compare_unmapped();
    bool is_mapped(std::string const& column) const;

    table_definition const&       mapped_;
    table_facts const&            table_;
    dialect const&                spelling_;
    std::vector<table_difference> found_{};
};

std::vector<table_difference> comparison_of_table::run() && {
    for (auto const& column : mapped_.columns) compare(column);
    if (!table_.is_view) compare_key();
    compare_unmapped();
    return std::move(found_);
}

void comparison_of_table::compare(column_definition const& column) {
    auto const& name = column.column.name;
    auto const* facts = table_.find(name);
    if (facts == nullptr) return note(kind::missing_column, name);
    auto const needed = name == mapped_.version ? value_range::of_clock : value_range::of_member;
    if (auto const fit = spelling_.fit(column.column.type, *facts, needed); fit != column_fit::good)
        note(kind_of(fit), name, facts->type);
    if (facts->is_computed) note(kind::computed, name, facts->type);
    if (!table_.is_view) compare_nulls(column, *facts);
}

// A key that is the rowid is never NULL, whatever it says.
void comparison_of_table::compare_nulls(column_definition const& column, column_facts const& facts) {
    if (facts.name == table_.rowid) return;
    if (facts.is_nullable && !column.nullable) note(kind::nullable, facts.name, facts.type);
    if (!facts.is_nullable && column.nullable) note(kind::not_nullable, facts.name, facts.type);
}

void comparison_of_table::compare_key() {
    auto const* const key = table_.find(mapped_.key);
    if (key == nullptr) return;
    if (!key->has_default && !table_.fills_in_by_trigger) note(kind::gives_no_key, key->name, key->type);
    if (!key->is_unique) note(kind::key_not_unique, key->name, key->type);
}

void comparison_of_table::compare_unmapped() {
    if (table_.fills_in_by_trigger) return;
    for (auto const& column : table_.columns) {
        bool const must_be_given = !column.is_nullable && !column.has_default && !column.is_computed;
        if (must_be_given && !is_mapped(column.name)) note(kind::needs_value, column.name, column.type);
    }
}

bool comparison_of_table::is_mapped(std::string const& column) const {
    return std::ranges::any_of(mapped_.columns, [&](auto const& mapped) { return mapped.column.name == column; });
}

/// Of one shape, whose values go to columns as they are given.
class shape_check {
public:
    shape_check(row_shape const& shape, table_facts const& facts, dialect const& spelling,
                std::vector<table_difference>& found)
        : shape_(shape), table_(facts), spelling_(spelling), found_(found) {}

    void run() {
        if (!shape_.writes()) return;
        if (shape_.action == row_action::insert && shape_.key_given)
            for (auto const& part : shape_.key) check(part, value_range::of_member);
        if (shape_.action == row_action::insert && !shape_.key_given) check_key(shape_.key.front());
        for (auto const& assigned : shape_.assignments)
            check(assigned.column,
                  assigned.origin == assignment::source::clock ? value_range::of_clock : value_range::of_member);
    }

private:
    // What a view's or a trigger's author does for a key shows when the row is there.
    void check_key(column const& key) {
        auto const* const facts = table_.find(key.name);
        if (facts == nullptr || facts->has_default || table_.is_view || table_.fills_in_by_trigger) return;
        note({kind::gives_no_key, shape_.table, key.name, facts->type});
    }

    void check(column const& target, value_range needed) {
        auto const* const facts = table_.find(target.name);
        if (facts == nullptr) return;  // the statement fails, with the database's words
        auto const fit = spelling_.fit(target.type, *facts, needed);
        if (fit == column_fit::good) return;
        note({kind_of(fit), shape_.table, target.name, facts->type});
    }

    void note(table_difference difference) {
        if (std::ranges::find(found_, difference) == found_.end()) found_.push_back(std::move(difference));
    }

    row_shape const&               shape_;
    table_facts const&             table_;
    dialect const&                 spelling_;
    std::vector<table_difference>& found_;
};

std::string words_of(table_difference const& difference) {
    switch (difference.problem) {
    case kind::missing_table: return "does not exist";
    case kind::missing_column: return "does not exist";
    case kind::other_type: return "is " + difference.type + ", another type than the mapping says";
    case kind::converts: return "is " + difference.type + ", which would round or convert what the mapping stores";
    case kind::too_small:
        return "is " + difference.type + ", too small for versions, which start at the clock's microseconds";
    case kind::nullable: return "may hold NULL, but what is mapped to it can't be none";
    case kind::not_nullable: return "refuses NULL, but its member is optional";
    case kind::computed: return "is computed by the database and can't be written";
    case kind::gives_no_key: return "gives new rows no key (an identity, a default, SQLite's INTEGER PRIMARY KEY)";
    case kind::key_not_unique: return "is the key, but no unique index is on it alone";
    case kind::needs_value: return "must have a value in every row, and the mapping doesn't name it";
    }
    return {};
}

}  // namespace

std::vector<table_difference> differences(table_definition const& mapped, table_facts const* facts,
                                          dialect const& spelling) {
    if (facts == nullptr) return {{kind::missing_table, mapped.name, {}, {}}};
    return comparison_of_table(mapped, *facts, spelling).run();
}

std::vector<table_difference> misfits(write_batch const& batch, find_table const& find, dialect const& spelling) {
    std::vector<table_difference> found;
    for (auto const& shape : batch.shapes())
        if (auto const* const facts = find(shape.table)) shape_check(shape, *facts, spelling, found).run();
    return found;
}

std::vector<std::string_view> tables_of(write_batch const& batch) {
    std::vector<std::string_view> tables;
    for (auto const& shape : batch.shapes())
        if (std::ranges::find(tables, shape.table) == tables.end()) tables.emplace_back(shape.table);
    return tables;
}

bool lacks_key(constraint_violation const& e, row_shape const& inserted) noexcept {
    return e.rule() == constraint_violation::rule_type::not_null &&
           e.subject().columns == std::vector{inserted.key.front().name};
}

namespace {

/// About the column that was to give a new row its key.
[[noreturn]] void refuse_new_key(row_shape const& inserted, std::string const& text, std::string_view engine) {
    auto const& column = inserted.key.front().name;
    throw schema_error(text, {.engine = std::string(engine), .table = inserted.table, .column = column},
                       error_subject{.table = inserted.table, .columns = {column}});
}

[[noreturn]] void refuse_key(row_shape const& inserted, value const& key, std::string_view engine) {
    refuse_new_key(inserted,
                   inserted.table + '.' + inserted.key.front().name + " gives a new row the key " + to_string(key) +
                       ", below the range that keys can have (from -2^62 on): nothing was written; have the table "
                       "give keys of this range, or give them to the objects that are added",
                   engine);
}

}  // namespace

void refuse_without_key(row_shape const& inserted, std::string_view engine) {
    refuse_new_key(inserted,
                   to_string(table_difference{kind::gives_no_key, inserted.table, inserted.key.front().name, {}}) +
                       ": nothing was written; have the table give keys, or give them to the objects that are added",
                   engine);
}

void refuse_key_of_view(row_shape const& inserted, std::string_view engine) {
    refuse_new_key(inserted,
                   inserted.table + '.' + inserted.key.front().name +
                       ": the view's trigger gave a new row no key, or one below -2^62: nothing was written; have "
                       "it give keys from there on, or give them to the objects that are added",
                   engine);
}

bool is_in_key_range(value const& key) noexcept {
    auto const* const number = std::get_if<std::int64_t>(&key);
    return number == nullptr || *number >= detail::lowest_key;
}

bool is_version(row_shape const& shape, column const& target) noexcept {
    using source = assignment::source;
    return std::ranges::any_of(shape.assignments, [&](assignment const& a) {
        return (a.origin == source::next_version || a.origin == source::clock) && a.column == target;
    });
}

void check_returned(write_batch::row const& row, std::span<value const> returned, std::string_view engine) {
    auto const& shape = row.shape;
    if (!shape.key_given) {
        auto const& key = returned.front();
        if (is_null(key)) refuse_without_key(shape, engine);
        if (!is_in_key_range(key)) refuse_key(shape, key, engine);
    }
    for (std::size_t i = 0; i < returned.size(); ++i) {
        auto const& version = shape.returning[i];
        if (!is_null(returned[i]) || !is_version(shape, version)) continue;
        auto subject = as_given(row).subject();
        subject.columns = {version.name};
        throw schema_error(shape.table + '.' + version.name +
                               " holds NULL after the version was written: nothing was; set it to 1 in such rows, and "
                               "make the column NOT NULL",
                           {.engine = std::string(engine), .table = shape.table, .column = version.name},
                           std::move(subject));
    }
}

std::string to_string(table_difference const& difference) {
    auto const column = difference.column.empty() ? std::string() : '.' + difference.column;
    return difference.table + column + ' ' + words_of(difference);
}

namespace {

std::string text_of(std::string const& address, std::span<table_difference const> differences) {
    auto text = address + ": the mapping does not fit the tables: ";
    for (auto const& difference : differences)
        text += (&difference == differences.data() ? "" : "; ") + to_string(difference);
    return text + ": correct one of them";
}

}  // namespace

table_mismatch::table_mismatch(std::string const& address, std::string const& engine,
                               std::vector<table_difference> differences)
    : schema_error(text_of(address, differences),
                   {.engine = engine, .table = differences.front().table, .column = differences.front().column}),
      differences_(std::move(differences)) {}

}  // namespace stint
