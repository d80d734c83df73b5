// row_key and object_key: which row, and which object of which class.
//
// A row_key is small and opaque: eight bytes, whatever a key is made of. Whoever compares for equality or hashes needs
// no more. Only the mapper of its class, and id<T>, turn one into a number and back, order two, and print one.
//
//     kind      stands for                                               word
//     none      no row                                                   the lowest number that there is
//     pending   a new row whose key the database gives at commit         below -2^62, counted up in this process
//     given     a row that has a key                                     from -2^62 on, the key: an integer is inline
//
// Regular values; a mapper lives as long as the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <stint/detail/key_range.hpp>

namespace stint {

class data_mapper;

namespace detail {
class integer_key;
}

class row_key {
public:
    /// None.
    constexpr row_key() noexcept = default;
    /// Pending; unlike any other of this process. Any thread may call it.
    static row_key fresh() noexcept;

    constexpr bool is_none() const noexcept { return word_ == none; }
    constexpr bool is_pending() const noexcept { return word_ != none && word_ < first_given; }
    constexpr bool is_given() const noexcept { return word_ >= first_given; }

    friend constexpr bool operator==(row_key, row_key) noexcept = default;
    constexpr std::size_t hash() const noexcept { return static_cast<std::size_t>(word_); }

private:
    friend class detail::integer_key;

    constexpr explicit row_key(std::int64_t word) noexcept : word_(word) {}

    static constexpr std::int64_t none = std::numeric_limits<std::int64_t>::min();
    static constexpr std::int64_t first_given = detail::lowest_key;

    std::int64_t word_ = none;
};

struct object_key {
    data_mapper const* type;
    row_key            key;

    friend bool operator==(object_key const&, object_key const&) = default;
};

/// By table, then as the mapper orders the keys: everybody locks and writes rows in this order.
bool precedes(object_key const& left, object_key const& right);

}  // namespace stint

template <>
struct std::hash<stint::row_key> {
    std::size_t operator()(stint::row_key key) const noexcept { return key.hash(); }
};

template <>
struct std::hash<stint::object_key> {
    std::size_t operator()(stint::object_key const& object) const noexcept {
        return std::hash<void const*>{}(object.type) ^ (object.key.hash() * 0x9e3779b97f4a7c15U);
    }
};
