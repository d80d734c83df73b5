#include "worker.hpp"

#include <atomic>
#include <csignal>
#include <memory>
#include <sstream>
#include <thread>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include "document_task.hpp"
#include "in_tray.hpp"
#include "pipe.hpp"
#include "stop_request.hpp"
#include "work_terms.hpp"
#include "worker_report.hpp"

namespace accounting {

namespace {

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

/// Where a clerk of a worker sits.
struct desk {
    std::size_t               number = 0;
    stint::unit_options       unit{};
    std::chrono::milliseconds patience{0};
};

/// A clerk's day. False when the database failed.
bool work_off(stint::database& db, desk const& desk, in_tray& tray) {
    while (auto const* document = tray.next()) {
        auto report = document_task{db, {.unit = desk.unit}, *document, desk.patience}.work(tray);
        report.clerk = desk.number;
        if (!write_line(STDOUT_FILENO, to_line(report))) tray.stop();
        if (report.outcome == worker_report::kind::failed) {
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

/// The locks of a worker that dies end soon. A worker that goes on working keeps them for as long as it needs.
work_terms terms_of(worker_options const& options, stint::lock_table& locks) {
    constexpr std::chrono::seconds lease{5};
    work_terms terms{.lock = options.lock, .label = "process " + std::to_string(::getpid()), .wait = options.wait};
    terms.lease = lease;
    if (takes_locks(options.lock))
        terms.keeper = std::make_shared<stint::lease_keeper>(locks, stint::keeper_options{.lease = lease});
    return terms;
}

bool employ_clerks(stint::database& db, worker_options const& options, in_tray& tray) {
    stint::lock_table        locks{db};
    auto const               unit = unit_with(locks, terms_of(options, locks));
    std::atomic<bool>        all_well{true};
    std::vector<std::thread> clerks;
    for (std::size_t i = 0; i < options.clerks; ++i)
        clerks.emplace_back([&, i] {
            if (!work_off(db, {i, unit, options.wait}, tray)) all_well = false;
        });
    for (auto& clerk : clerks) clerk.join();
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
