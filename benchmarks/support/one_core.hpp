// one_core: keeps the program and the server's new processes on one core while one client is measured.
//
// Left alone, the system puts the server's process of one connection on the client's core and that of another on a different
// one, and leaves them there for long. Waking an idle core costs more than a short statement: of two connections that do the same, one
// then takes up to three times as long, whichever it is. On one core, the work itself is compared.
#pragma once

#include <string>

#include <sched.h>
#include <sys/types.h>

namespace bench {

class one_core {
public:
    /// A server of another machine or user is left alone, and a note says so.
    explicit one_core(std::string const& server);
    one_core(one_core const&) = delete;
    one_core& operator=(one_core const&) = delete;
    /// Connections that are open still stay where they are.
    ~one_core();

private:
    pid_t     postmaster_ = 0;
    cpu_set_t before_{};
};

}  // namespace bench
