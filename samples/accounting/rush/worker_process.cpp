#include "worker_process.hpp"

#include <cerrno>
#include <system_error>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace accounting {

namespace {

pid_t start(std::vector<std::string> const& command, int standard_input, int standard_output) {
    std::vector<char*> arguments;
    for (auto const& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t hand_over;
    ::posix_spawn_file_actions_init(&hand_over);
    ::posix_spawn_file_actions_adddup2(&hand_over, standard_input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&hand_over, standard_output, STDOUT_FILENO);
    pid_t     process = -1;
    int const failure = ::posix_spawn(&process, arguments.front(), &hand_over, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&hand_over);
    if (failure != 0) throw std::system_error(failure, std::generic_category(), "starting " + command.front());
    return process;
}

}  // namespace

worker_process::worker_process(std::vector<std::string> const& command) : lines_(-1) {
    auto [orders_read, orders_write] = make_pipe();
    auto [reports_read, reports_write] = make_pipe();
    process_ = start(command, orders_read.number(), reports_write.number());
    orders_ = std::move(orders_write);
    reports_ = std::move(reports_read);
    lines_ = line_reader{reports_.number()};
}

worker_process::~worker_process() {
    orders_.close();
    reports_.close();
    if (!ended_) wait();
}

void worker_process::order(std::vector<document_id> const& documents) {
    std::string line;
    for (auto const& document : documents) line += document.to_string() + " ";
    write_line(orders_.number(), line);  // a worker that is gone is noticed when it is read from
}

bool worker_process::read(std::vector<worker_report>& reports) {
    std::vector<std::string> lines;
    bool const               goes_on = lines_.read(lines);
    for (auto const& line : lines) reports.push_back(report_from(line));
    if (!goes_on) reports_.close();
    return goes_on;
}

std::string worker_process::wait() {
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {}
    ended_ = true;
    if (WIFSIGNALED(status)) return "was killed by signal " + std::to_string(WTERMSIG(status));
    if (WEXITSTATUS(status) != 0) return "ended with exit code " + std::to_string(WEXITSTATUS(status));
    return {};
}

}  // namespace accounting
