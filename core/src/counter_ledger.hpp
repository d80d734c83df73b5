// counter_ledger: the counters of all connections of a database, of those that were closed too.
//
//     counter_ledger ledger;
//     auto const mine = ledger.open();   // a connection counts in it, alone
//     ++mine->statements;
//     ledger.read().statements;          // 1, also when `mine` is gone
//
// Connections don't meet while they count: a lock is taken where one opens or ends, and where the sum is read.
// What was opened may outlive the ledger. All functions may be called by any thread at any time.
#pragma once

#include <memory>

#include <stint/counters.hpp>
#include <stint/extension/engine.hpp>

namespace stint {

class counter_ledger {
public:
    counter_ledger();

    /// Counters of one's own; what they hold at their end stays in the sum.
    std::shared_ptr<live_counters> open();
    counters                       read() const noexcept;

private:
    class book;
    std::shared_ptr<book> book_;
};

}  // namespace stint
