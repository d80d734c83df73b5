// data_mapper: a class's mapping at run time, without its type.
//
// mapper_of<T>() derives it once from mapping<T>; the identity map, the lock strategies and the unit of work handle
// objects of every class through it. Objects are passed as void*: of the mapper's class, always.
// Immutable; shared by all threads.
// (Fowler, PoEAA ch. 10, Data Mapper; ch. 13, Metadata Mapping.)
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include <stint/column.hpp>
#include <stint/detail/typed_store.hpp>
#include <stint/id.hpp>
#include <stint/mapping.hpp>
#include <stint/object_key.hpp>
#include <stint/selection.hpp>
#include <stint/table_definition.hpp>
#include <stint/tracked.hpp>
#include <stint/value.hpp>

namespace stint {

class data_mapper {
public:
    /// A member and its column. The functions throw value_error without saying where; data_mapper adds it.
    struct field {
        stint::column column;
        bool          nullable;
        data_mapper const& (*references)();  ///< the class that a foreign key refers to, or null
        value (*get)(void const* object);    ///< of a reference that is pending: none, see referred
        void (*set)(void* object, value&& v);
        bool (*same)(void const* left, void const* right);  ///< whether both are stored alike
        // Of foreign keys only.
        row_key (*referred)(void const* object) = nullptr;  ///< none: it refers to nothing
        void (*refer)(void* object, row_key key) = nullptr;
        bool indexed = false;
    };

    /// An open attribute of the mapping; lives as long as the program.
    struct open_attribute {
        std::type_info const* type;
        void const*           content;
    };

    using store_maker = std::unique_ptr<object_store> (*)(data_mapper const& mapper, edit_listener& listener);
    using version_setter = void (*)(void* object, version_number version);

    data_mapper(std::string_view table, std::string_view key, std::string_view version, std::vector<field> fields,
                store_maker make_store, version_setter show, std::vector<open_attribute> attributes);

    /// Which mapper of this process it is: 0, 1, 2, ...
    std::size_t        number() const noexcept { return number_; }
    std::string const& table() const noexcept { return table_; }
    column const&      key() const noexcept { return key_; }
    column const&      version() const noexcept { return version_; }

    std::span<field const>       fields() const noexcept { return fields_; }          ///< without key and version
    std::span<std::size_t const> references() const noexcept { return references_; }  ///< of the fields, foreign keys
    /// key, fields, version: what a row is read as.
    std::span<column const> columns() const noexcept { return columns_; }

    /// For the objects of one unit.
    std::unique_ptr<object_store> make_store(edit_listener& listener) const { return make_store_(*this, listener); }

    /// Puts a row, read as columns(), into a record. Throws schema_error where a null or a number doesn't fit.
    void load(tracked_object& target, std::span<value> row) const;
    /// What was read of the version's column. Throws schema_error for NULL.
    version_number version_in(value const& content) const;

    // Keys: what a row_key stands for is known here alone.

    /// Of what was read: a row that begins with the key. Throws schema_error for NULL, value_error for a number that no
    /// key can have.
    row_key key_in(std::span<value const> row) const;
    /// What the columns of a given key hold, in their order.
    value key_value(row_key key) const { return detail::integer_key::number(key); }
    /// Finds rows by keys, which are given.
    comparison is_any_of(std::span<row_key const> keys) const;
    /// The order in which rows are locked and written: the same in every process. Those without a key come first.
    bool precedes(row_key left, row_key right) const noexcept { return detail::integer_key::compare(left, right) < 0; }
    /// For people: "7", "none" or "pending#3"; with the table before it, "stocks 7".
    std::string key_text(row_key key) const { return detail::integer_key::text(key); }
    std::string name_of(row_key key) const { return table_ + " " + key_text(key); }

    /// A field's value. Throws value_error that names table and column.
    value get(void const* object, std::size_t index) const;

    /// Whether a member shows the version.
    bool shows_version() const noexcept { return show_version_ != nullptr; }
    void show_version(void* object, version_number version) const {
        if (show_version_ != nullptr) show_version_(object, version);
    }

    /// The open attribute of this type that the mapping was given, or null.
    template <class Attribute>
    Attribute const* attribute() const noexcept {
        for (auto const& attribute : attributes_)
            if (*attribute.type == typeid(Attribute)) return static_cast<Attribute const*>(attribute.content);
        return nullptr;
    }

    table_definition definition() const;

private:
    std::size_t                 number_;
    std::string                 table_;
    column                      key_;
    column                      version_;
    std::vector<field>          fields_;
    std::vector<std::size_t>    references_;
    std::vector<column>         columns_;
    store_maker                 make_store_;
    version_setter              show_version_;
    std::vector<open_attribute> attributes_;
};

template <mapped T>
data_mapper const& mapper_of();

namespace detail {

template <class T, std::size_t Index>
struct field_access {
    static constexpr auto const& part = std::get<Index>(mapping<T>::value.fields);
    using traits = typename std::remove_cvref_t<decltype(part)>::traits;

    static auto const& member(void const* object) { return static_cast<T const*>(object)->*part.member; }

    static value get(void const* object) { return traits_to_value(member(object)); }
    static void  set(void* object, value&& v) {
        static_cast<T*>(object)->*part.member = traits::from_value(std::move(v));
    }
    static bool same(void const* left, void const* right) { return traits::same(member(left), member(right)); }

    static data_mapper::field describe() {
        data_mapper::field described{{part.column, part.type()}, traits::nullable, nullptr, &get, &set, &same};
        if constexpr (!std::is_void_v<typename traits::referenced>) {
            described.references = &mapper_of<typename traits::referenced>;
            described.referred = [](void const* object) { return traits::referred(member(object)); };
            described.refer = [](void* object, row_key key) {
                traits::refer(static_cast<T*>(object)->*part.member, key);
            };
            described.indexed = part.indexed;
        }
        return described;
    }

private:
    template <class Member>
    static value traits_to_value(Member const& content) {
        auto result = traits::to_value(content);
        if constexpr (traits::kind == data_type::numeric) {
            if (auto const* number = std::get_if<decimal>(&result)) return number->rescaled(part.decimals);
        }
        return result;
    }
};

template <class T>
data_mapper make_mapper() {
    constexpr auto const& description = mapping<T>::value;
    using fields = std::remove_cvref_t<decltype(description.fields)>;

    auto described = []<std::size_t... Index>(std::index_sequence<Index...>) {
        return std::vector<data_mapper::field>{field_access<T, Index>::describe()...};
    }(std::make_index_sequence<std::tuple_size_v<fields>>{});

    data_mapper::version_setter show = nullptr;
    if constexpr (is_shown_version<std::remove_cvref_t<decltype(description.version)>>)
        show = [](void* object, version_number version) {
            static_cast<T*>(object)->*mapping<T>::value.version.member = version;
        };
    auto attributes = std::apply(
        [](auto const&... given) { return std::vector<data_mapper::open_attribute>{{&typeid(given), &given}...}; },
        mapping<T>::value.attributes);
    return data_mapper{description.name,     description.key.column,    description.version.column,
                       std::move(described), &typed_store<T>::for_unit, show,
                       std::move(attributes)};
}

}  // namespace detail

/// The mapper of a mapped class.
template <mapped T>
data_mapper const& mapper_of() {
    static data_mapper const mapper = detail::make_mapper<T>();
    return mapper;
}

}  // namespace stint
