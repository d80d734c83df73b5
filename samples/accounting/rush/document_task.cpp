#include "document_task.hpp"

#include <thread>

#include <stint/error.hpp>

#include "refusal.hpp"

namespace accounting {

namespace {

using kind = worker_report::kind;

/// Not a lost connection: a clerk has tried again for a while before it says so, and the server may be gone for good.
bool may_pass(stint::error const& failure) {
    if (failure.kind() == stint::error_kind::connection) return false;
    return failure.what_next() == stint::advice::reload_and_retry ||
           failure.what_next() == stint::advice::wait_and_retry;
}

}  // namespace

worker_report document_task::work(in_tray const& tray) {
    for (;;) {
        ++starts_;
        if (auto report = try_once()) return *report;
        if (tray.stopped()) return ended(kind::left);
    }
}

std::optional<worker_report> document_task::try_once() {
    try {
        clerk_.process({document_});
        return ended(kind::done);
    } catch (already_processed const&) {
        return ended(kind::elsewhere);
    } catch (refusal const& no) {
        return ended(kind::refused, no.what());
    } catch (stint::error const& failure) {
        if (failure.kind() == stint::error_kind::locked) return refused_or_later(failure);
        if (may_pass(failure)) return std::nullopt;
        return ended(kind::failed, failure.what());
    }
}

std::optional<worker_report> document_task::refused_or_later(stint::error const& held) const {
    if (patience_.has_passed()) return ended(kind::refused, held.what());
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    return std::nullopt;
}

worker_report document_task::ended(kind outcome, std::string text) const {
    worker_report report{.outcome = outcome, .effort = clerk_.effort(), .text = std::move(text)};
    report.effort.retries += starts_ - 1;
    return report;
}

}  // namespace accounting
