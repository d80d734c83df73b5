// load: all open documents at once, by many clerks in several processes, then the audit.
//
// The documents are split among the processes; the stocks are not, so the clerks meet there. A worker that dies is
// noticed and noted, and the others go on. No clerk should be kept from working by colleagues who are always faster,
// so the work of each clerk is counted. SIGINT and SIGTERM let the workers finish what they have in hand.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <stint/database.hpp>

#include "audit.hpp"
#include "clerk.hpp"

namespace accounting {

struct load_options {
    std::size_t processes = 1;
    std::size_t clerks = 1;  ///< in each of them, as the command says too
    /// How a worker is started: a program and its arguments.
    std::vector<std::string> worker_command;
};

struct load_result {
    std::size_t        documents = 0;  ///< that were processed
    std::size_t        left = 0;       ///< that are still open
    double             seconds = 0;
    accounting::effort effort;
    /// How many documents each clerk has done: those of the first process, then those of the second.
    std::vector<std::size_t> by_clerk;
    /// What a rule of the books forbade, in words.
    std::vector<std::string> refusals;
    /// What failed in workers, in words.
    std::vector<std::string> failures;
    audit_report             audit;

    double per_second() const { return seconds > 0 ? static_cast<double>(documents) / seconds : 0; }
};

load_result load(stint::database& db, load_options const& options);

}  // namespace accounting
