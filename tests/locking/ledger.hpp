// ledger: data that a lock protects, and workers who share it.
//
// A worker reads the last number of a page, pauses, and writes the next one: three steps that nothing but a lock keeps
// together. Two who do it at once write the same number, for everybody to see afterwards, whatever the lock table says.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <stint/database.hpp>
#include <stint/lock_table.hpp>

#include "locking/grant_history.hpp"

class ledger {
public:
    explicit ledger(stint::database& db) : db_(db) {}

    void create();

    std::int64_t last_number(std::string const& page);
    void         write(std::string const& page, std::int64_t number, std::int64_t fence);

    std::int64_t written();  ///< lines in it
    std::int64_t twice();    ///< lines that have the number of another
    std::int64_t falling();  ///< lines whose fence isn't higher than that of a line before

private:
    std::int64_t ask(std::string const& query);

    stint::database& db_;
};

/// What a worker does, again and again: gets the lock of a page, writes a line, gives the lock back.
struct work_plan {
    int                       pages = 2;
    int                       rounds = 20;
    std::chrono::milliseconds lease{std::chrono::minutes{10}};
    bool                      renews = false;  ///< before it writes, which it does only when the lock is held still
    int                       leaves = 0;      ///< one in so many locks is left to expire instead of being used
    int                       stops = 0;  ///< one in so many times the process stops itself (SIGSTOP) before it renews
};

/// Every lock is of an owner of its own: "worker.1", "worker.2", ...
std::vector<grant> carry_out(work_plan const& plan, std::string const& worker, stint::lock_table& locks, ledger& to);
