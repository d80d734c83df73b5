#include "support/partner.hpp"

#include <cerrno>
#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

partner::partner(std::string const& program, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program);
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);

    int to[2], from[2];
    if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t hand_over;
    ::posix_spawn_file_actions_init(&hand_over);
    ::posix_spawn_file_actions_adddup2(&hand_over, to[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&hand_over, from[1], STDOUT_FILENO);
    int const failure = ::posix_spawn(&process_, program.c_str(), &hand_over, nullptr, pointers.data(), environ);
    ::posix_spawn_file_actions_destroy(&hand_over);
    ::close(to[0]);
    ::close(from[1]);
    to_ = to[1];
    from_ = from[0];
    if (failure != 0) throw std::runtime_error("can't start " + program);
}

partner::~partner() {
    kill();
    ::close(to_);
    ::close(from_);
}

void partner::say(std::string const& line) {
    auto const text = line + '\n';
    if (::write(to_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error("nobody listens");
}

std::string partner::hear() {
    while (true) {
        if (auto const end = heard_.find('\n'); end != std::string::npos) {
            auto line = heard_.substr(0, end);
            heard_.erase(0, end + 1);
            return line;
        }
        char       buffer[4096];
        auto const count = ::read(from_, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return {};
        heard_.append(buffer, static_cast<std::size_t>(count));
    }
}

std::string partner::ask(std::string const& line) {
    say(line);
    return hear();
}

void partner::stop() {
    ::kill(process_, SIGSTOP);
    int status = 0;
    ::waitpid(process_, &status, WUNTRACED);
}

bool partner::has_stopped() {
    int status = 0;
    return process_ > 0 && ::waitpid(process_, &status, WUNTRACED | WNOHANG) == process_ && WIFSTOPPED(status);
}

void partner::go_on() {
    ::kill(process_, SIGCONT);
}

void partner::kill() {
    if (process_ < 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}
