// lock_target: what a person wants to lock, as it stands on the command line: document 1 2, or stock 1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <stint/database.hpp>

namespace accounting {

struct lock_target {
    std::string               kind;  ///< document or stock
    std::vector<std::int64_t> ids;

    /// As the lock table knows them: "documents/1".
    std::vector<std::string> names() const;
    /// Throws no_such_document, no_such_stock.
    void check_exists(stint::database& db) const;
};

/// KIND ID...
void add_targets(CLI::App& command, lock_target& target);
/// KIND ID
void add_target(CLI::App& command, lock_target& target);

}  // namespace accounting
