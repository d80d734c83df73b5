#include "samples/program.hpp"

#include <csignal>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

void open_pipe(int (&ends)[2]) {
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
}

pid_t start(std::vector<char*> const& arguments, int out, int err) {
    posix_spawn_file_actions_t hand_over;
    posix_spawnattr_t          own_group;
    ::posix_spawn_file_actions_init(&hand_over);
    ::posix_spawn_file_actions_adddup2(&hand_over, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&hand_over, err, STDERR_FILENO);
    ::posix_spawnattr_init(&own_group);
    ::posix_spawnattr_setflags(&own_group, POSIX_SPAWN_SETPGROUP);

    pid_t     process = -1;
    int const failure = ::posix_spawn(&process, ACCOUNTING_PROGRAM, &hand_over, &own_group, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&hand_over);
    ::posix_spawnattr_destroy(&own_group);
    if (failure != 0) throw std::runtime_error("can't start " ACCOUNTING_PROGRAM);
    return process;
}

/// False, and closed, at the end.
bool append_some(int& from, std::string& text) {
    char       buffer[4096];
    auto const count = ::read(from, buffer, sizeof buffer);
    if (count > 0) {
        text.append(buffer, static_cast<std::size_t>(count));
        return true;
    }
    ::close(from);
    from = -1;
    return false;
}

}  // namespace

program::program(std::vector<std::string> const& arguments) {
    std::string        name = ACCOUNTING_PROGRAM;
    std::vector<char*> pointers{name.data()};
    for (auto const& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);

    int out[2], err[2];
    open_pipe(out);
    open_pipe(err);
    process_ = start(pointers, out[1], err[1]);
    ::close(out[1]);
    ::close(err[1]);
    out_ = out[0];
    err_ = err[0];
}

program::~program() {
    if (!ended_) {
        ::kill(-process_, SIGKILL);
        wait();
    }
}

std::vector<pid_t> program::children() const {
    auto const         process = std::to_string(process_);
    std::ifstream      list{"/proc/" + process + "/task/" + process + "/children"};
    std::vector<pid_t> result;
    for (pid_t child; list >> child;) result.push_back(child);
    return result;
}

bool program::read_some() {
    pollfd wanted[] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
    if (::poll(wanted, 2, -1) < 0) return true;
    if (wanted[0].revents != 0) append_some(out_, end_.out);
    if (wanted[1].revents != 0) append_some(err_, end_.err);
    return out_ >= 0 || err_ >= 0;
}

bool program::wait_for_error_text(std::string const& text) {
    while (end_.err.find(text) == std::string::npos)
        if (!read_some()) return false;
    return true;
}

ended_program program::wait() {
    while ((out_ >= 0 || err_ >= 0) && read_some()) {}
    int status = 0;
    ::waitpid(process_, &status, 0);
    ended_ = true;
    end_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return end_;
}

ended_program run_program(std::vector<std::string> const& arguments) {
    return program{arguments}.wait();
}
