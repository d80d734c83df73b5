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
// A regular value type of 8 bytes; numbers below -2^62 are reserved.
// (Fowler, PoEAA ch. 12, Identity Field.)
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace stint {

namespace detail {

inline constexpr std::int64_t no_key = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t last_reserved_key = -(std::int64_t{1} << 62) - 1;

constexpr bool is_pending_key(std::int64_t raw) noexcept {
    return raw != no_key && raw <= last_reserved_key;
}

/// A number that no other call of this process answers.
std::int64_t new_pending_key() noexcept;

/// Throws usage_error for a reserved number; what asks for the key of a row that has none yet.
[[noreturn]] void refuse_reserved_key(std::int64_t number);
[[noreturn]] void refuse_key_not_given(std::int64_t raw);

/// "7", "none" or "pending#3".
std::string key_text(std::int64_t raw);

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

    /// A given key. Throws usage_error for a reserved number.
    constexpr explicit id(std::int64_t number) : raw_(number) {
        if (number <= detail::last_reserved_key) detail::refuse_reserved_key(number);
    }

    constexpr bool is_given() const noexcept { return raw_ > detail::last_reserved_key; }
    constexpr bool is_pending() const noexcept { return detail::is_pending_key(raw_); }
    constexpr bool is_none() const noexcept { return raw_ == detail::no_key; }

    /// The number. Throws usage_error while it is pending or none.
    constexpr std::int64_t value() const {
        if (!is_given()) detail::refuse_key_not_given(raw_);
        return raw_;
    }

    std::string to_string() const { return detail::key_text(raw_); }

    friend constexpr auto operator<=>(id const&, id const&) noexcept = default;
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

    /// For the library: the stored number, whatever it stands for.
    constexpr std::int64_t raw() const noexcept { return raw_; }
    static constexpr id    from_raw(std::int64_t raw) noexcept {
        id result;
        result.raw_ = raw;
        return result;
    }

private:
    std::int64_t raw_ = detail::no_key;
};

}  // namespace stint

template <class T>
struct std::hash<stint::id<T>> {
    std::size_t operator()(stint::id<T> const& key) const noexcept { return std::hash<std::int64_t>{}(key.raw()); }
};
