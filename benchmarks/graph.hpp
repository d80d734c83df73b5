// graph: three classes that refer to each other, and a business transaction that changes a mixed lot of them: for each
// n there are n new customers, invoices and items, each of the last; 2 n changed ones of each class; and n items
// removed. 10 n in all.
//
// Each class comes in two kinds, as far as its mapping goes: one that knows offline locks, and one that doesn't.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <stint/stint.hpp>

#include "support/place.hpp"

namespace bench {

template <bool Lockable>
struct customer {
    stint::id<customer> id;
    std::string         name;
    std::int64_t        number = 0;
};

template <bool Lockable>
struct invoice {
    stint::id<invoice>                   id;
    stint::id<bench::customer<Lockable>> customer;
    std::int64_t                         number = 0;
};

template <bool Lockable>
struct item {
    stint::id<item>                     id;
    stint::id<bench::invoice<Lockable>> invoice;
    std::int64_t                        number = 0;
};

struct without_locks {};

/// An open attribute of a mapping: a lock policy, or something that nobody reads.
template <bool Lockable>
constexpr auto locks_of_graph() {
    if constexpr (Lockable) {
        return stint::lock_policy::optimistic;
    } else {
        return without_locks{};
    }
}

/// Makes the tables, with enough in them for change_graph(n); versions are 1.
void make_graph(place& where, std::int64_t n);

}  // namespace bench

template <bool Lockable>
struct stint::mapping<bench::customer<Lockable>> {
    using c = bench::customer<Lockable>;
    static constexpr auto value = stint::table("customers", bench::locks_of_graph<Lockable>(), stint::key("id", &c::id),
                                               stint::version("version"), stint::field("name", &c::name),
                                               stint::field("number", &c::number));
};

template <bool Lockable>
struct stint::mapping<bench::invoice<Lockable>> {
    using i = bench::invoice<Lockable>;
    static constexpr auto value = stint::table("invoices", bench::locks_of_graph<Lockable>(), stint::key("id", &i::id),
                                               stint::version("version"), stint::field("customer", &i::customer),
                                               stint::field("number", &i::number));
};

template <bool Lockable>
struct stint::mapping<bench::item<Lockable>> {
    using i = bench::item<Lockable>;
    static constexpr auto value = stint::table("items", bench::locks_of_graph<Lockable>(), stint::key("id", &i::id),
                                               stint::version("version"), stint::field("invoice", &i::invoice),
                                               stint::field("number", &i::number));
};

namespace bench {

/// The oldest ones, locked where a policy is given.
template <class T>
std::vector<stint::tracked<T>> oldest(stint::unit_of_work& work, std::int64_t count,
                                      std::optional<stint::lock_policy> lock) {
    auto const found = work.find<T>(stint::order_by(&T::id), stint::limit(static_cast<std::size_t>(count)));
    if (!lock) return found;
    std::vector<stint::id<T>> ids;
    for (auto const& one : found) ids.push_back(one.id());
    return work.get(ids, *lock);
}

/// Loads and changes; nothing is sent yet.
template <bool Lockable>
void change_graph(stint::unit_of_work& work, std::int64_t n, std::optional<stint::lock_policy> lock = std::nullopt) {
    for (auto const& one : oldest<customer<Lockable>>(work, 2 * n, lock)) one.edit().number += 1;
    for (auto const& one : oldest<invoice<Lockable>>(work, 2 * n, lock)) one.edit().number += 1;
    auto const items = oldest<item<Lockable>>(work, 3 * n, lock);
    for (std::int64_t i = 0; i < 3 * n; ++i) {
        auto const& one = items[static_cast<std::size_t>(i)];
        if (i < n) work.remove(one);
        else one.edit().number += 1;
    }
    for (std::int64_t i = 0; i < n; ++i) {
        auto const buyer = work.add(customer<Lockable>{{}, "customer", i});
        auto const bill = work.add(invoice<Lockable>{{}, buyer.id(), i});
        work.add(item<Lockable>{{}, bill.id(), i});
    }
}

}  // namespace bench
