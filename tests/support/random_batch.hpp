// random_batch: a batch of rows of every kind, and the rows that its tables hold before; both made of one number.
//
//     auto const made = random_batch::from(seed);
//     made.before   // a batch of inserts into the empty tables of trial_tables.hpp
//     made.batch    // then this
//
// The same number makes the same batch, built by one compiler. Most batches can be carried out; some come with stale
// versions, rows that are missing, keys that are taken, and some break a rule of the tables.
#pragma once

#include <cstdint>

#include <stint/write_batch.hpp>

struct random_batch {
    stint::write_batch before{};
    stint::write_batch batch{};
    bool               may_be_refused = false;     ///< rows were made to be in the way
    bool               breaks_a_rule = false;      ///< a foreign key, a unique value, a null
    bool               in_order_of_writes = true;  ///< deletes, inserts, updates, as a unit of work has them

    static random_batch from(std::uint32_t seed);
};
