// partner: another process that a test talks with, a line at a time.
//
//     partner desk{EDITING_DESK, {url()}};
//     CHECK(desk.hear() == "reads");
//     desk.stop();                       // as if its machine stood still
//     desk.say("commit");
//
// Used by one thread. Killed at the end, if it has not ended.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

class partner {
public:
    partner(std::string const& program, std::vector<std::string> arguments);
    partner(partner const&) = delete;
    partner& operator=(partner const&) = delete;
    ~partner();

    void say(std::string const& line);
    /// The next line; empty when it has ended.
    std::string hear();
    /// Says it, and hears the answer.
    std::string ask(std::string const& line);

    void stop();
    /// Whether it has stopped since this was asked last.
    bool has_stopped();
    void go_on();
    void kill();

private:
    pid_t       process_ = -1;
    int         to_ = -1;
    int         from_ = -1;
    std::string heard_;
};
