// clerk: somebody who processes documents, and starts again when a colleague was faster.
//
//     accounting::clerk clerk{db, {.attempts = 3}};
//     clerk.process({document_id{1}, document_id{2}});     // both, or neither
//     clerk.effort().conflicts;
//
// Used by one thread; the database is shared.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <stint/database.hpp>
#include <stint/error.hpp>
#include <stint/unit_of_work.hpp>

#include "books.hpp"

namespace accounting {

/// What it took to get work done.
struct effort {
    std::size_t conflicts = 0;  ///< commits that were refused
    std::size_t retries = 0;    ///< times that the work was started again

    effort& operator+=(effort const& more) noexcept;
};

/// "1 conflict, 2 retries".
std::string in_words(effort const& effort);

struct clerk_options {
    stint::unit_options        unit{};      ///< what keeps colleagues off: see work_terms.hpp
    std::optional<std::size_t> attempts{};  ///< as many as fit into the time of stint::run
    std::chrono::milliseconds  think{0};    ///< the pause between reading and committing
    /// Told why the work is about to be started again.
    std::function<void(stint::error const& failure)> before_retry{};
};

class clerk {
public:
    clerk(stint::database& db, clerk_options options) : db_(db), options_(std::move(options)) {}

    /// One business transaction for all of them. Throws a refusal, or what stint::run throws.
    void process(std::vector<document_id> const& documents);

    accounting::effort const& effort() const noexcept { return effort_; }

private:
    stint::database&   db_;
    clerk_options      options_;
    accounting::effort effort_;
};

}  // namespace accounting
