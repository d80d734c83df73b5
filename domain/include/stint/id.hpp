// id<T>: the key of a T, given by the application, by the database, or not yet.
//
//     stint::id<stock> known{1};           // given
//     stint::id<stock> none;               // no key: when added, the database gives one
//     auto const       rye = work.add(stock{.name = "rye"});
//     stint::id<stock> pending = rye.id();   // stands for the new row; filled in when the unit commits
//
// An id of one class is not an id of another. A member that is called like the class which it refers to names it with
// its namespace: stint::id<accounting::stock> stock. While it is pending it can be copied, compared and stored in other
// objects of the same unit: at commit the members of tracked objects become the given key; copies elsewhere stay
// pending, and the unit still finds the object by them.
// A regular value type of 8 bytes. A number below -2^62 is refused: such words stand for rows that have no key yet.
// (Fowler, PoEAA ch. 12, Identity Field.)
#pragma once

#include <cassert>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include <stint/object_key.hpp>

namespace stint {

namespace detail {

/// Throws usage_error: a number that no key can have; the number of a row that has no key yet.
[[noreturn]] void refuse_key_number(std::int64_t number);
[[noreturn]] void refuse_key_not_given(row_key key);

/// How a key that is an integer is kept in a row_key: as the word itself.
class integer_key {
public:
    static constexpr bool fits(std::int64_t number) noexcept { return number >= row_key::first_given; }

    static constexpr row_key of(std::int64_t number) noexcept {
        assert(fits(number) && "a number that no key can have");
        return row_key{number};
    }
    /// Throws usage_error for one that doesn't fit.
    static constexpr row_key checked(std::int64_t number) {
        if (!fits(number)) refuse_key_number(number);
        return of(number);
    }
    static constexpr std::int64_t number(row_key key) noexcept {
        assert(key.is_given() && "a row that has no key yet");
        return key.word_;
    }

    /// None first, then those that are pending, as they were made, then given ones.
    static constexpr std::strong_ordering compare(row_key left, row_key right) noexcept {
        return left.word_ <=> right.word_;
    }
    /// "7", "none" or "pending#3".
    static std::string text(row_key key);
};

}  // namespace detail

template <class T>
class id;

namespace detail {

template <class>
inline constexpr bool is_id = false;
template <class T>
inline constexpr bool is_id<id<T>> = true;

/// What is taken for a T's id by mistake.
template <class Given, class T>
concept no_id_of = std::is_arithmetic_v<Given> || std::is_convertible_v<Given const&, std::string_view> ||
                   (is_id<Given> && !std::is_same_v<Given, id<T>>);

}  // namespace detail

template <class T>
class id {
    // clang-format off: an attribute on a line of its own

    /// What a const id would be assigned: a mistake. Not an id, or this would be a copy assignment.
    struct operand_of_const {
        __attribute__((unavailable("what is read is const: change the object that edit() gives, "
                                   "document.edit().stock = stock")))
        operand_of_const(id const&) {}
    };

    // clang-format on

public:
    /// None.
    constexpr id() noexcept = default;

    /// A given key. Throws usage_error for a number below -2^62.
    constexpr explicit id(std::int64_t number) : key_(detail::integer_key::checked(number)) {}

    constexpr bool is_given() const noexcept { return key_.is_given(); }
    constexpr bool is_pending() const noexcept { return key_.is_pending(); }
    constexpr bool is_none() const noexcept { return key_.is_none(); }

    /// The number. Throws usage_error while it is pending or none.
    constexpr std::int64_t value() const {
        if (!is_given()) detail::refuse_key_not_given(key_);
        return detail::integer_key::number(key_);
    }

    std::string to_string() const { return detail::integer_key::text(key_); }

    friend constexpr auto operator<=>(id const& left, id const& right) noexcept {
        return detail::integer_key::compare(left.key_, right.key_);
    }
    friend constexpr bool operator==(id const&, id const&) noexcept = default;

    // clang-format off: an attribute on a line of its own

    // Mistakes, each with its sentence (docs/decisions/0015).
    template <detail::no_id_of<T> Given>
    __attribute__((unavailable("an id is assigned from an id of the same class: stint::id<stock>{1}")))
    void operator=(Given const&) const;
    void operator=(operand_of_const) const;
    template <detail::no_id_of<T> Given>
    __attribute__((unavailable("an id is compared with an id of the same class: stint::id<stock>{1}")))
    friend bool operator==(id const&, Given const&) { return false; }

    // clang-format on

    /// For the library.
    constexpr explicit id(row_key key) noexcept : key_(key) {}
    constexpr row_key key() const noexcept { return key_; }

private:
    row_key key_;
};

}  // namespace stint

template <class T>
struct std::hash<stint::id<T>> {
    std::size_t operator()(stint::id<T> const& id) const noexcept { return id.key().hash(); }
};
