// kept_cores: keeps the program and the server's new processes each on a core, while one client is measured.
//
// Left alone, the system puts the server's process of one connection on the client's core and that of another on a
// different one, and leaves them there for long. Waking an idle core costs more than a short statement: of two
// connections that do the same, one then takes up to three times as long, whichever it is. On one core, the work itself
// is compared; on two, what a client finds whose server is not where it is itself: each answer that it waits for wakes
// a core.
#pragma once

#include <string>

#include <sched.h>
#include <sys/types.h>

namespace bench {

enum class cores { shared, apart };

class kept_cores {
public:
    /// A server of another machine or user is left alone, and a note says so.
    kept_cores(std::string const& server, cores wanted);
    kept_cores(kept_cores const&) = delete;
    kept_cores& operator=(kept_cores const&) = delete;
    /// Connections that are open still stay where they are.
    ~kept_cores();

private:
    pid_t     postmaster_ = 0;
    cpu_set_t before_{};
};

}  // namespace bench
