#include "load.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>

#include <poll.h>

#include "lists.hpp"
#include "progress.hpp"
#include "stop_request.hpp"
#include "worker_process.hpp"

namespace accounting {

namespace {

std::vector<document_id> open_documents(stint::database& db) {
    std::vector<document_id> result;
    for (auto const& document : list_documents(db, {.only_open = true})) result.push_back(document.id);
    return result;
}

class office {
public:
    office(load_options const& options, std::vector<document_id> const& documents)
        : progress_(documents.size()), clerks_(options.clerks) {
        result_.by_clerk.resize(options.processes * options.clerks);
        for (std::size_t i = 0; i < options.processes; ++i)
            workers_.push_back(std::make_unique<worker_process>(options.worker_command));
        for (std::size_t i = 0; i < options.processes; ++i) workers_[i]->order(share(documents, i, options.processes));
    }

    void run_until_done() {
        while (is_anybody_working()) {
            wait_and_read();
            progress_.show(done_, result_.effort);
        }
    }

    load_result const& result() const noexcept { return result_; }

private:
    static std::vector<document_id> share(std::vector<document_id> const& documents, std::size_t index,
                                          std::size_t shares) {
        auto const at = [&](std::size_t i) {
            return documents.begin() + static_cast<std::ptrdiff_t>(documents.size() * i / shares);
        };
        return {at(index), at(index + 1)};
    }

    bool is_anybody_working() const {
        for (auto const& worker : workers_)
            if (worker->number() >= 0) return true;
        return false;
    }

    void wait_and_read() {
        std::vector<pollfd> wanted{{stopping_ ? -1 : stop_.number(), POLLIN, 0}};
        for (auto const& worker : workers_) wanted.push_back({worker->number(), POLLIN, 0});
        if (::poll(wanted.data(), wanted.size(), static_cast<int>(progress_.interval().count())) <= 0) return;

        if (wanted.front().revents != 0) tell_all_to_stop();
        for (std::size_t i = 0; i < workers_.size(); ++i)
            if (wanted[i + 1].revents != 0) hear(i);
    }

    void tell_all_to_stop() {
        stopping_ = true;
        progress_.note("stopping: the clerks finish what they have in hand");
        for (auto const& worker : workers_) worker->tell_to_stop();
    }

    void hear(std::size_t index) {
        std::vector<worker_report> reports;
        bool const                 goes_on = workers_[index]->read(reports);
        for (auto const& report : reports) take_in(index, report);
        if (goes_on) return;
        if (auto const failure = workers_[index]->wait(); !failure.empty()) fail(index, failure);
    }

    void take_in(std::size_t index, worker_report const& report) {
        using kind = worker_report::kind;
        result_.effort += report.effort;
        if (report.outcome == kind::done) {
            ++done_;
            ++result_.by_clerk.at(index * clerks_ + report.clerk);
        }
        if (report.outcome == kind::failed) fail(index, report.text);
        if (report.outcome == kind::refused) {
            progress_.note("refused: " + report.text);
            result_.refusals.push_back(report.text);
        }
    }

    void fail(std::size_t index, std::string const& failure) {
        auto const text = "worker " + std::to_string(index + 1) + " (process " +
                          std::to_string(workers_[index]->process()) + "): " + failure;
        progress_.note(text);
        result_.failures.push_back(text);
    }

    stop_request                                 stop_;
    progress                                     progress_;
    std::size_t                                  clerks_;  // of each worker
    std::vector<std::unique_ptr<worker_process>> workers_;
    load_result                                  result_;
    std::size_t                                  done_ = 0;
    bool                                         stopping_ = false;
};

}  // namespace

load_result load(stint::database& db, load_options const& options) {
    std::signal(SIGPIPE, SIG_IGN);
    auto const start = std::chrono::steady_clock::now();
    auto const documents = open_documents(db);
    office     office{options, documents};
    office.run_until_done();

    auto result = office.result();
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    result.left = open_documents(db).size();
    result.documents = documents.size() - std::min(result.left, documents.size());
    result.audit = audit(db);
    return result;
}

}  // namespace accounting
