// count_scope: adds up what a piece of code asks of databases.
//
//     counters asked;
//     {
//         count_scope const here{asked};
//         locks.acquire(names, request, until);      // borrows its connections itself
//     }                                              // asked: what they did meanwhile
//
// It counts what this thread's leases did that were both lent and given back in the scope. Opening connections, and
// asking whether they still answer, is counted by the pool alone. Of nested scopes only the innermost counts. What
// other threads do for the code (a lease_keeper, say) isn't in it.
#pragma once

#include <cstdint>

#include <stint/counters.hpp>

namespace stint::detail {

class count_scope {
public:
    /// `sum` must outlive it.
    explicit count_scope(counters& sum) noexcept;
    count_scope(count_scope const&) = delete;
    count_scope& operator=(count_scope const&) = delete;
    ~count_scope();

    void add(counters const& more) noexcept { sum_ += more; }
    /// Distinguishes it from earlier scopes of this thread at the same address.
    std::uint64_t number() const noexcept { return number_; }

    /// Returns this thread's innermost scope; null if there is none.
    static count_scope* innermost() noexcept;

private:
    counters&     sum_;
    count_scope*  outer_;
    std::uint64_t number_;
};

/// A pointer to an object that asks databases. A call through it is a count_scope until the end of its full expression.
/// (Stroustrup, Wrapping C++ Member Function Calls: Execute Around Pointer.)
template <class Pointer>
class counting {
public:
    /// `make` returns the pointer; it is called in the scope.
    template <class Make>
    counting(counters& sum, Make const& make) : scope_(sum), pointer_(make()) {}

    decltype(auto) operator*() const { return *pointer_; }
    auto*          operator->() const { return &*pointer_; }

private:
    count_scope scope_;
    Pointer     pointer_;
};

}  // namespace stint::detail
