#include "sqlite_values.hpp"

#include <cmath>

#include <stint/error.hpp>

#include "sqlite_types.hpp"
#include "text_check.hpp"
#include "value_text.hpp"

namespace stint {
namespace {

// Where a value goes: a parameter.
struct parameter {
    sqlite_api::sqlite3_stmt* statement;
    int                       number;

    int put_null() const { return sqlite_api::sqlite3_bind_null(statement, number); }
    int put(std::int64_t content) const { return sqlite_api::sqlite3_bind_int64(statement, number, content); }
    int put(double content) const { return sqlite_api::sqlite3_bind_double(statement, number, content); }
    int put(std::string const& text) const {
        return sqlite_api::sqlite3_bind_text64(statement, number, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
};

// Or the answer of a function, which SQLite takes without a word.
struct answer {
    sqlite_api::sqlite3_context* context;

    int put_null() const { return sqlite_api::sqlite3_result_null(context), SQLITE_OK; }
    int put(std::int64_t content) const { return sqlite_api::sqlite3_result_int64(context, content), SQLITE_OK; }
    int put(double content) const { return sqlite_api::sqlite3_result_double(context, content), SQLITE_OK; }
    int put(std::string const& text) const {
        sqlite_api::sqlite3_result_text64(context, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
        return SQLITE_OK;
    }
};

template <typename Place>
struct writer {
    Place target;

    int operator()(null_t) const { return target.put_null(); }
    int operator()(bool truth) const { return target.put(std::int64_t{truth ? 1 : 0}); }
    int operator()(std::int64_t number) const { return target.put(number); }
    int operator()(double number) const {
        if (std::isnan(number)) throw value_error("SQLite keeps no NaN: it would become null");
        return target.put(number);
    }
    int operator()(std::string const& text) const {
        if (auto const flaw = flaw_of(text); !flaw.empty())
            throw value_error("a text " + std::string(flaw) + ", which no database keeps as text: change it first");
        return target.put(text);
    }
    int operator()(decimal const& number) const { return target.put(std::int64_t{number.units()}); }
    int operator()(timestamp time) const { return target.put(std::int64_t{time.time_since_epoch().count()}); }
    int operator()(key_of_row) const { throw usage_error("a key_of_row means something in a write_batch only"); }
};

std::string_view name_of(int type) noexcept {
    switch (type) {
    case SQLITE_INTEGER: return "an integer";
    case SQLITE_FLOAT: return "a real number";
    case SQLITE_TEXT: return "text";
    default: return "a blob";
    }
}

bool is_kept_as(int type, data_type asked) noexcept {
    switch (asked) {
    case data_type::real: return type == SQLITE_FLOAT || type == SQLITE_INTEGER;
    case data_type::text: return type == SQLITE_TEXT;
    default: return type == SQLITE_INTEGER;
    }
}

[[noreturn]] void refuse(sqlite_api::sqlite3_stmt* statement, int column, std::string const& flaw,
                         std::string const& next) {
    std::string const name = sqlite_api::sqlite3_column_name(statement, column);
    auto const* const sql = sqlite_api::sqlite3_sql(statement);
    throw schema_error("column " + name + ' ' + flaw + ": " + next,
                       {.engine = "sqlite", .message = flaw, .column = name, .statement = sql ? sql : ""});
}

// Where an integer was found.
struct place {
    sqlite_api::sqlite3_stmt* statement;
    int                       column;
};

void put_integer(value& target, std::int64_t number, column_type type, place source) {
    switch (type.kind) {
    case data_type::boolean:
        if (number != 0 && number != 1)
            refuse(source.statement, source.column, "holds " + std::to_string(number), "a boolean is 0 or 1");
        target = number == 1;
        return;
    case data_type::numeric: target = decimal::from_units(number, type.scale); return;
    case data_type::instant: target = timestamp{std::chrono::microseconds{number}}; return;
    default: target = number; return;
    }
}

void read_text(value& target, sqlite_api::sqlite3_value* content) {
    auto const* const text = reinterpret_cast<char const*>(sqlite_api::sqlite3_value_text(content));
    auto const        size = static_cast<std::size_t>(sqlite_api::sqlite3_value_bytes(content));
    put_text(text == nullptr ? std::string_view() : std::string_view(text, size), target);
}

}  // namespace

std::array<value, 2> name_and_schema(std::string_view table) {
    auto const name = split(table);
    return {std::string(name.table), name.schema ? value(std::string(*name.schema)) : value(null)};
}

int to_sqlite(sqlite_api::sqlite3_stmt* statement, int parameter, value const& v) {
    return std::visit(writer<struct parameter>{{statement, parameter}}, v);
}

void to_sqlite(sqlite_api::sqlite3_context* context, value const& v) {
    std::visit(writer<answer>{{context}}, v);
}

void check_declared_type(sqlite_api::sqlite3_stmt* statement, int column, column_type type) {
    if (type.kind != data_type::numeric) return;
    auto const* const declared = sqlite_api::sqlite3_column_decltype(statement, column);
    if (declared == nullptr) return;
    // Whether its table is STRICT isn't told: ANY and BLOB count as what they are without conversions.
    auto const affinity = affinity_of(declared, true);
    if (affinity == sqlite_affinity::strict_blob || fit_on_sqlite(type, affinity) == column_fit::good) return;
    refuse(statement, column, std::string("is declared ") + declared,
           "the mapping keeps decimals as integers in units of their last decimal; make it INTEGER");
}

void from_sqlite(sqlite_api::sqlite3_stmt* statement, int column, column_type type, value& target) {
    auto* const content = sqlite_api::sqlite3_column_value(statement, column);
    // Asked before the content is read: reading may convert it.
    int const kept_as = sqlite_api::sqlite3_value_type(content);
    if (kept_as == SQLITE_NULL) {
        target = null;
        return;
    }
    if (!is_kept_as(kept_as, type.kind))
        refuse(statement, column, "holds " + std::string(name_of(kept_as)), "the mapping says another type");
    if (type.kind == data_type::text) read_text(target, content);
    else if (type.kind == data_type::real) target = sqlite_api::sqlite3_value_double(content);
    else put_integer(target, sqlite_api::sqlite3_value_int64(content), type, {statement, column});
}

}  // namespace stint
