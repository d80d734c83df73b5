// worker_process: a worker as the process that started it sees it.
//
//     accounting::worker_process worker{{"/proc/self/exe", "worker"}};
//     worker.order(documents);
//     while (worker.read(reports)) ...
//     auto const how = worker.wait();
//
// Used by one thread. Dying tells the worker to stop, and waits until it has.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "books.hpp"
#include "pipe.hpp"
#include "worker_report.hpp"

namespace accounting {

class worker_process {
public:
    /// Starts a program with these arguments. Throws std::system_error.
    explicit worker_process(std::vector<std::string> const& command);
    worker_process(worker_process const&) = delete;
    worker_process& operator=(worker_process const&) = delete;
    ~worker_process();

    void order(std::vector<document_id> const& documents);
    void tell_to_stop() noexcept { orders_.close(); }

    /// Can be waited for with poll(); -1 after the end.
    int number() const noexcept { return reports_.number(); }
    /// Waits for reports. False when the worker has ended.
    bool read(std::vector<worker_report>& reports);

    /// How it ended, in words; empty when all went well. Call it after read() said so.
    std::string wait();
    pid_t       process() const noexcept { return process_; }

private:
    file_descriptor orders_;
    file_descriptor reports_;
    line_reader     lines_;
    pid_t           process_ = -1;
    bool            ended_ = false;
};

}  // namespace accounting
