#include "postgresql_values.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <concepts>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include <stint/error.hpp>

#include "postgresql_timestamp.hpp"
#include "postgresql_types.hpp"
#include "sql.hpp"
#include "value_text.hpp"

namespace stint {
namespace {

void append_number(std::integral auto number, std::string& output) {
    std::array<char, 24> buffer;
    output.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr);
}

// Appends the text; a null is the caller's business.
struct text_writer {
    std::string& output;

    void operator()(null_t) const {}
    void operator()(bool truth) const { output += truth ? 't' : 'f'; }
    void operator()(std::int64_t number) const { append_number(number, output); }
    void operator()(double number) const {
        std::array<char, 32> buffer;
        output.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr);
    }
    void operator()(std::string const& text) const {
        refuse_zero_byte(text);
        output += text;
    }
    void operator()(decimal const& number) const { output += number.to_string(); }
    void operator()(timestamp time) const { output += to_postgresql_text(time); }
    void operator()(key_of_row) const { throw usage_error("a key_of_row means something in a write_batch only"); }

    static void refuse_zero_byte(std::string_view text) {
        if (text.find('\0') != text.npos) throw value_error("PostgreSQL keeps no text with a zero byte");
    }
};

// From pg_type.dat; it never changes.
constexpr std::uint32_t text_oid = 25;

template <typename Number>
bool read_number(std::string_view text, value& target) {
    Number     number{};
    auto const end = text.data() + text.size();
    auto const result = std::from_chars(text.data(), end, number);
    if (result.ec != std::errc{} || result.ptr != end) return false;
    target = number;
    return true;
}

bool read_decimal(std::string_view text, int scale, value& target) {
    try {
        target = decimal(text).rescaled(scale);
        return true;
    } catch (value_error const&) {
        return false;
    }
}

bool read_instant(std::string_view text, value& target) {
    auto const found = from_postgresql_text(text);
    if (found) target = *found;
    return found.has_value();
}

bool read(std::string_view text, column_type type, value& target) {
    switch (type.kind) {
    case data_type::boolean: target = text == "t"; return true;
    case data_type::integer: return read_number<std::int64_t>(text, target);
    case data_type::real: return read_number<double>(text, target);
    case data_type::text: put_text(text, target); return true;
    case data_type::numeric: return read_decimal(text, type.scale, target);
    case data_type::instant: return read_instant(text, target);
    }
    return false;
}

// An element of an array's text.
void append_quoted(std::string_view text, std::string& output) {
    output += '"';
    for (char const c : text) {
        if (c == '"' || c == '\\') output += '\\';
        output += c;
    }
    output += '"';
}

std::string_view content(PGresult const* result, int row, int column) {
    return {PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))};
}

}  // namespace

std::optional<std::string> to_postgresql(value const& v) {
    if (is_null(v)) return {};
    std::string text;
    std::visit(text_writer{text}, v);
    return text;
}

void append_to_postgresql_array(value const& v, std::string& output) {
    assert(!is_null(v));
    if (auto const* const text = std::get_if<std::string>(&v)) {
        text_writer::refuse_zero_byte(*text);
        append_quoted(*text, output);
    } else if (std::holds_alternative<timestamp>(v)) {
        append_quoted(to_postgresql_text(std::get<timestamp>(v)), output);
    } else {
        std::visit(text_writer{output}, v);
    }
}

namespace {

template <typename Spell>
std::string array_of(std::span<std::string const> names, Spell spell) {
    auto const element = [&](std::string const& name) {
        std::string result;
        append_to_postgresql_array(spell(name), result);
        return result;
    };
    return '{' + joined(names, ",", element) + '}';
}

}  // namespace

std::array<value, 2> names_and_identifiers(std::span<std::string const> tables) {
    return {array_of(tables, std::identity()), array_of(tables, quoted_table)};
}

// What array_recv() reads: dimensions, whether there are nulls, the elements' type; length and lower bound; then each
// with its length.
postgresql_text_array::postgresql_text_array(std::size_t count) {
    bytes_.reserve(20 + count * 12);
    for (auto const number : {1U, 1U, text_oid, static_cast<unsigned>(count), 1U}) append_number(number);
}

void postgresql_text_array::append(value const& v) {
    auto const text = to_postgresql(v);
    append_number(text ? static_cast<std::uint32_t>(text->size()) : 0xFFFF'FFFFU);
    if (text) bytes_ += *text;
}

void postgresql_text_array::append_number(std::uint32_t number) {
    for (int const shift : {24, 16, 8, 0}) bytes_ += static_cast<char>(number >> shift & 0xFFU);
}

namespace {

void check_type(PGresult const* result, int column, column_type type) {
    if (is_readable_as(PQftype(result, column), type.kind)) return;
    std::string const name = PQfname(result, column);
    throw schema_error("column " + name + " is of another type than the mapping says: correct one of them",
                       {.engine = "postgresql", .column = name});
}

}  // namespace

void check_types(PGresult const* result, std::span<column_type const> types) {
    for (std::size_t i = 0; i < types.size(); ++i) check_type(result, static_cast<int>(i), types[i]);
}

value from_postgresql(PGresult const* result, int row, int column, column_type type) {
    check_type(result, column, type);
    value found;
    from_checked(result, row, column, type, found);
    return found;
}

void from_checked(PGresult const* result, int row, int column, column_type type, value& target) {
    auto const text = content(result, row, column);
    if (text.empty() && PQgetisnull(result, row, column)) target = null;
    else if (!read(text, type, target))
        throw value_error("column " + std::string(PQfname(result, column)) + " holds " + std::string(text) +
                          ", which does not fit the type in the mapping");
}

}  // namespace stint
