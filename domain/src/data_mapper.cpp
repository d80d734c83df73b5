#include <stint/data_mapper.hpp>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstdint>

#include <stint/error.hpp>

namespace stint {

namespace detail {

void refuse_integer_range(std::int64_t number) {
    throw value_error("the number " + std::to_string(number) + " does not fit the member's type");
}

void refuse_key_range(std::int64_t number) {
    throw value_error("the number " + std::to_string(number) +
                      " is no key: numbers below -2^62 stand for objects that have no key yet");
}

}  // namespace detail

namespace {

[[noreturn]] void refuse_null(std::string const& table, column const& column, std::string const& advice) {
    throw schema_error(table + "." + column.name + " holds NULL, " + advice, {.table = table, .column = column.name});
}

[[noreturn]] void refuse_value(std::string const& table, std::string const& key, column const& column,
                               value_error const& e) {
    throw value_error(table + "." + column.name + ": " + e.what(),
                      {.table = table, .key = key, .columns = {column.name}});
}

constexpr char const* not_optional = "but its member is not optional: map a std::optional member";
constexpr char const* no_key = "but it is the key: give its rows keys, and make the column NOT NULL";
constexpr char const* no_version = "but it is the version: set it to 1 in such rows, and make the column NOT NULL";

std::vector<column> columns_of(column const& key, std::span<data_mapper::field const> fields, column const& version) {
    std::vector<column> columns{key};
    for (auto const& field : fields) columns.push_back(field.column);
    columns.push_back(version);
    return columns;
}

std::vector<std::size_t> references_among(std::span<data_mapper::field const> fields) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].references != nullptr) found.push_back(i);
    return found;
}

std::size_t next_number() noexcept {
    static std::atomic<std::size_t> next{0};
    return next++;
}

}  // namespace

data_mapper::data_mapper(std::string_view table, std::string_view key, std::string_view version,
                         std::vector<field> fields, store_maker maker, version_setter show,
                         std::vector<open_attribute> attributes)
    : number_(next_number()), table_(table), key_{std::string(key), {data_type::integer}},
      version_{std::string(version), {data_type::integer}}, fields_(std::move(fields)),
      references_(references_among(fields_)), columns_(columns_of(key_, fields_, version_)), make_store_(maker),
      show_version_(show), attributes_(std::move(attributes)) {}

void data_mapper::load(tracked_object& target, std::span<value> row) const {
    assert(&target.mapper() == this && "an object of another class");
    assert(row.size() == columns_.size() && "a row of other columns");
    auto const  key = key_in(row);
    auto const  version = version_in(row.back());
    auto* const object = target.mutable_object();
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        auto& content = row[i + 1];
        if (is_null(content) && !fields_[i].nullable) refuse_null(table_, fields_[i].column, not_optional);
        try {
            fields_[i].set(object, std::move(content));
        } catch (value_error const& e) {
            refuse_value(table_, to_string(row.front()), fields_[i].column, e);
        }
    }
    target.set_key(key);
    target.set_version(version);
}

row_key data_mapper::key_in(std::span<value const> row) const {
    auto const& content = row.front();
    if (is_null(content)) refuse_null(table_, key_, no_key);
    try {
        return detail::key_of_number(std::get<std::int64_t>(content));
    } catch (value_error const& e) {
        refuse_value(table_, to_string(content), key_, e);
    }
}

comparison data_mapper::is_any_of(std::span<row_key const> keys) const {
    comparison found{key_, keys.size() == 1 ? comparison::test::equal : comparison::test::any_of, {}};
    found.operands.reserve(keys.size());
    for (auto const key : keys) found.operands.push_back(key_value(key));
    return found;
}

version_number data_mapper::version_in(value const& content) const {
    if (is_null(content)) refuse_null(table_, version_, no_version);
    return version_number{std::get<std::int64_t>(content)};
}

value data_mapper::get(void const* object, std::size_t index) const {
    assert((fields_[index].referred == nullptr || !fields_[index].referred(object).is_pending()) &&
           "a reference to a row that has no key yet has no value");
    try {
        return fields_[index].get(object);
    } catch (value_error const& e) {
        refuse_value(table_, {}, fields_[index].column, e);
    }
}

table_definition data_mapper::definition() const {
    table_definition result{
        .name = table_, .key = key_.name, .columns = {{key_, false}}, .foreign_keys = {}, .indexes = {}};
    for (auto const& member : fields_) {
        result.columns.push_back({member.column, member.nullable});
        if (member.references != nullptr) {
            auto const& parent = member.references();
            result.foreign_keys.push_back({member.column.name, parent.table(), parent.key().name});
            if (member.indexed) result.indexes.push_back(member.column.name);
        }
    }
    result.columns.push_back({version_, false});
    result.version = version_.name;
    return result;
}

bool precedes(object_key const& left, object_key const& right) {
    auto const tables = left.type == right.type ? 0 : left.type->table().compare(right.type->table());
    return tables != 0 ? tables < 0 : left.type->precedes(left.key, right.key);
}

}  // namespace stint
