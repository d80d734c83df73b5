#include "postgresql_values.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <utility>

#include <stint/error.hpp>

#include "postgresql_timestamp.hpp"

namespace stint {
namespace {

void append_number(std::integral auto number, std::string& to) {
    std::array<char, 24> buffer;
    to.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr);
}

// Appends the text; a null is the caller's business.
struct text_writer {
    std::string& to;

    void operator()(null_t) const {}
    void operator()(bool truth) const { to += truth ? 't' : 'f'; }
    void operator()(std::int64_t number) const { append_number(number, to); }
    void operator()(double number) const {
        std::array<char, 32> buffer;
        to.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr);
    }
    void operator()(std::string const& text) const {
        refuse_zero_byte(text);
        to += text;
    }
    void operator()(decimal const& number) const { to += number.to_string(); }
    void operator()(timestamp time) const { to += to_postgresql_text(time); }
    void operator()(key_of_row) const { throw usage_error("a key_of_row means something in a write_batch only"); }

    static void refuse_zero_byte(std::string_view text) {
        if (text.find('\0') != text.npos) throw value_error("PostgreSQL keeps no text with a zero byte");
    }
};

// From pg_type.dat; these numbers never change.
enum type_oid : Oid {
    boolean_oid = 16,
    int8_oid = 20,
    int2_oid = 21,
    int4_oid = 23,
    text_oid = 25,
    float4_oid = 700,
    float8_oid = 701,
    timestamp_oid = 1114,
    timestamptz_oid = 1184,
    numeric_oid = 1700
};

bool is_one_of(Oid oid, std::initializer_list<Oid> list) noexcept {
    return std::ranges::find(list, oid) != list.end();
}

// What a mapping calls text may be of any type: an enumeration, a uuid. And sums of integers are numeric.
bool is_kept_as(Oid oid, data_type asked) noexcept {
    switch (asked) {
    case data_type::boolean: return oid == boolean_oid;
    case data_type::integer:
    case data_type::numeric: return is_one_of(oid, {int8_oid, int2_oid, int4_oid, numeric_oid});
    case data_type::real: return is_one_of(oid, {float4_oid, float8_oid, numeric_oid});
    case data_type::text: return true;
    case data_type::instant: return is_one_of(oid, {timestamptz_oid, timestamp_oid});
    }
    return false;
}

template <typename Number>
std::optional<Number> parsed(std::string_view text) {
    Number     number{};
    auto const end = text.data() + text.size();
    auto const result = std::from_chars(text.data(), end, number);
    if (result.ec != std::errc{} || result.ptr != end) return {};
    return number;
}

std::optional<value> parsed_decimal(std::string_view text, int scale) {
    try {
        return decimal(text).rescaled(scale);
    } catch (value_error const&) {
        return {};
    }
}

std::optional<value> read(std::string_view text, column_type type) {
    switch (type.kind) {
    case data_type::boolean: return text == "t";
    case data_type::integer: return parsed<std::int64_t>(text);
    case data_type::real: return parsed<double>(text);
    case data_type::text: return std::string(text);
    case data_type::numeric: return parsed_decimal(text, type.scale);
    case data_type::instant: return from_postgresql_text(text);
    }
    return {};
}

// An element of an array's text.
void append_quoted(std::string_view text, std::string& to) {
    to += '"';
    for (char const c : text) {
        if (c == '"' || c == '\\') to += '\\';
        to += c;
    }
    to += '"';
}

std::string_view content(PGresult const* result, int row, int column) {
    return {PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))};
}

}  // namespace

std::optional<std::string> to_postgresql(value const& from) {
    if (is_null(from)) return {};
    std::string text;
    std::visit(text_writer{text}, from);
    return text;
}

void append_to_postgresql_array(value const& from, std::string& to) {
    assert(!is_null(from));
    if (auto const* const text = std::get_if<std::string>(&from)) {
        text_writer::refuse_zero_byte(*text);
        append_quoted(*text, to);
    } else if (std::holds_alternative<timestamp>(from)) {
        append_quoted(to_postgresql_text(std::get<timestamp>(from)), to);
    } else {
        std::visit(text_writer{to}, from);
    }
}

// What array_recv() reads: dimensions, whether there are nulls, the elements' type; length and lower bound; then each with its length.
postgresql_text_array::postgresql_text_array(std::size_t count) {
    bytes_.reserve(20 + count * 12);
    for (auto const number : {1U, 1U, static_cast<unsigned>(text_oid), static_cast<unsigned>(count), 1U})
        append_number(number);
}

void postgresql_text_array::append(value const& from) {
    auto const text = to_postgresql(from);
    append_number(text ? static_cast<std::uint32_t>(text->size()) : 0xFFFF'FFFFU);
    if (text) bytes_ += *text;
}

void postgresql_text_array::append_number(std::uint32_t number) {
    for (int const shift : {24, 16, 8, 0}) bytes_ += static_cast<char>(number >> shift & 0xFFU);
}

value from_postgresql(PGresult const* result, int row, int column, column_type type) {
    if (!is_kept_as(PQftype(result, column), type.kind)) {
        std::string const name = PQfname(result, column);
        throw schema_error("column " + name + " is of another type than the mapping says: correct one of them",
                           {.engine = "postgresql", .column = name});
    }
    if (PQgetisnull(result, row, column)) return null;
    auto const text = content(result, row, column);
    if (auto found = read(text, type)) return std::move(*found);
    throw value_error("column " + std::string(PQfname(result, column)) + " holds " + std::string(text) +
                      ", which does not fit the type in the mapping");
}

}  // namespace stint
