// program: the sample as a process of its own, with what it says on standard output and standard error.
//
//     program load{{"--database", url(), "load"}};
//     ::kill(load.process(), SIGKILL);
//     auto const end = load.wait();
//
// It gets a process group of its own, so that all it has started can be killed at once.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

struct ended_program {
    int         exit_code = -1;  ///< -1: killed
    std::string out;
    std::string err;
};

class program {
public:
    explicit program(std::vector<std::string> const& arguments);
    program(program const&) = delete;
    program& operator=(program const&) = delete;
    ~program();

    pid_t process() const noexcept { return process_; }
    /// The processes that it has started and that have not ended.
    std::vector<pid_t> children() const;

    /// Waits until it has written this on standard error. False when it ended without.
    bool wait_for_error_text(std::string const& text);
    /// Waits until it has ended, and all it had started.
    ended_program wait();

private:
    bool read_some();

    pid_t         process_ = -1;
    int           out_ = -1;
    int           err_ = -1;
    bool          ended_ = false;
    ended_program end_;
};

ended_program run_program(std::vector<std::string> const& arguments);
