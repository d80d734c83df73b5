// document_task: one document of a worker's, in the hands of one of its clerks.
//
//     auto const report = accounting::document_task{db, {.unit = unit}, key, 30s}.work(tray);
//
// What passes (a conflict, a busy database) is tried again until the document is done or the worker is stopped. A lock
// of somebody else's is waited for as long as it is worth; then the document is left, and the report says who has it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <stint/deadline.hpp>
#include <stint/error.hpp>

#include "clerk.hpp"
#include "in_tray.hpp"
#include "worker_report.hpp"

namespace accounting {

class document_task {
public:
    document_task(stint::database& db, clerk_options options, document_id document, std::chrono::milliseconds patience)
        : clerk_(db, std::move(options)), document_(document), patience_(stint::deadline::after(patience)) {}

    /// Throws nothing of the database's.
    worker_report work(in_tray const& tray);

private:
    /// None: it may be tried again.
    std::optional<worker_report> try_once();
    std::optional<worker_report> refused_or_later(stint::error const& held) const;
    worker_report                ended(worker_report::kind outcome, std::string text = {}) const;

    clerk           clerk_;
    document_id     document_;
    stint::deadline patience_;
    std::size_t     starts_ = 0;
};

}  // namespace accounting
