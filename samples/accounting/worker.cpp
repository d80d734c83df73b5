#include "worker.hpp"

#include <atomic>
#include <csignal>
#include <sstream>
#include <thread>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include "clerk.hpp"
#include "pipe.hpp"
#include "refusal.hpp"
#include "stop_request.hpp"
#include "worker_report.hpp"

namespace accounting {

namespace {

/// The documents of a worker: its clerks take one after the other.
class in_tray {
public:
    explicit in_tray(std::vector<document_id> documents) : documents_(std::move(documents)) {}

    document_id const* next() noexcept {
        if (stopped()) return nullptr;
        auto const taken = next_++;
        return taken < documents_.size() ? &documents_[taken] : nullptr;
    }
    void stop() noexcept { stopped_ = true; }
    bool stopped() const noexcept { return stopped_; }

private:
    std::vector<document_id> documents_;
    std::atomic<std::size_t> next_{0};
    std::atomic<bool>        stopped_{false};
};

std::vector<document_id> read_orders() {
    line_reader              in{STDIN_FILENO};
    std::vector<std::string> lines;
    while (lines.empty() && in.read(lines)) {}
    std::vector<document_id> documents;
    if (lines.empty()) return documents;

    std::istringstream numbers{lines.front()};
    for (std::int64_t number; numbers >> number;) documents.emplace_back(number);
    return documents;
}

/// Not a lost connection: a clerk has tried again for a while before it says so, and the server may be gone for good.
bool may_pass(stint::error const& why) {
    if (dynamic_cast<stint::connection_error const*>(&why)) return false;
    return why.what_next() == stint::advice::reload_and_retry || why.what_next() == stint::advice::wait_and_retry;
}

/// Tries until the document is done, or nothing can be done about it.
worker_report process_one(clerk& clerk, document_id document, in_tray const& tray) {
    using kind = worker_report::kind;
    effort     again;
    auto const ends = [&](kind how, std::string why = {}) { return worker_report{how, again, std::move(why)}; };
    for (;; ++again.retries) {
        try {
            clerk.process({document});
            return ends(kind::done);
        } catch (already_processed const&) {
            return ends(kind::elsewhere);
        } catch (refusal const& no) {
            return ends(kind::refused, no.what());
        } catch (stint::error const& why) {
            if (!may_pass(why)) return ends(kind::failed, why.what());
        }
        if (tray.stopped()) return ends(kind::left);
    }
}

/// A clerk's day. False when the database failed.
bool work_off(stint::database& db, lock_choice lock, in_tray& tray) {
    while (auto const* document = tray.next()) {
        clerk clerk{db, {.lock = lock}};
        auto  report = process_one(clerk, *document, tray);
        report.effort += clerk.effort();
        if (!write_line(STDOUT_FILENO, to_line(report))) tray.stop();
        if (report.how == worker_report::kind::failed) {
            tray.stop();
            return false;
        }
    }
    return true;
}

/// Waits until somebody wants the clerks to stop, or they are done.
void watch(stop_request const& stop, int done, in_tray& tray) {
    pollfd wanted[] = {{STDIN_FILENO, POLLIN, 0}, {stop.number(), POLLIN, 0}, {done, POLLIN, 0}};
    while (::poll(wanted, 3, -1) < 0) {}
    tray.stop();
}

bool employ_clerks(stint::database& db, worker_options const& options, in_tray& tray) {
    std::atomic<bool>        all_well{true};
    std::vector<std::thread> clerks;
    for (std::size_t i = 0; i < options.clerks; ++i)
        clerks.emplace_back([&] {
            if (!work_off(db, options.lock, tray)) all_well = false;
        });
    for (auto& one : clerks) one.join();
    return all_well;
}

}  // namespace

bool work_as_told(stint::database& db, worker_options const& options) {
    std::signal(SIGPIPE, SIG_IGN);
    stop_request stop;
    in_tray      tray{read_orders()};

    auto        done = make_pipe();
    std::thread watcher{[&] { watch(stop, done.read.number(), tray); }};
    bool const  all_well = employ_clerks(db, options, tray);
    done.write.close();
    watcher.join();
    return all_well;
}

}  // namespace accounting
