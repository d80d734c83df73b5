// worker: one of the processes of `load`: some clerks, each a thread, who share one database object.
//
// It is told on its standard input, in one line, which documents are its own, and reports each on its standard output
// (worker_report.hpp). It ends when they are done. It stops early, after what its clerks have in hand, on SIGINT and
// SIGTERM, and when its standard input ends, which it does when the process that started it is gone. Locks of a worker
// that dies end within seconds.
#pragma once

#include <chrono>
#include <cstddef>

#include <stint/database.hpp>

#include "lock_choice.hpp"

namespace accounting {

struct worker_options {
    lock_choice lock = lock_choice::declared;
    std::size_t clerks = 8;
    /// How long a clerk waits for what others have locked, before leaving a document and saying so.
    std::chrono::milliseconds wait{0};
};

/// False when the database failed, which is reported.
bool work_as_told(stint::database& db, worker_options const& options);

}  // namespace accounting
