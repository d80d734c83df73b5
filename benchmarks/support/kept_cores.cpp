#include "support/kept_cores.hpp"

#include <iostream>

#include "by_hand/pg_link.hpp"

namespace bench {

namespace {

/// Its children inherit its cores.
pid_t postmaster_of(std::string const& server) {
    pg_link link{server};
    link.prepare("", "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
    return static_cast<pid_t>(number_in(link.execute(""), 0, 0));
}

bool keep_on(pid_t process, cpu_set_t const& cores) noexcept {
    return ::sched_setaffinity(process, sizeof cores, &cores) == 0;
}

cpu_set_t only(std::size_t core) noexcept {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    return one;
}

cpu_set_t first_of(cpu_set_t const& all) noexcept {
    std::size_t core = 0;
    while (core + 1 < CPU_SETSIZE && !CPU_ISSET(core, &all)) ++core;
    return only(core);
}

cpu_set_t last_of(cpu_set_t const& all) noexcept {
    std::size_t core = CPU_SETSIZE - 1;
    while (core > 0 && !CPU_ISSET(core, &all)) --core;
    return only(core);
}

}  // namespace

kept_cores::kept_cores(std::string const& server, cores wanted) : postmaster_(postmaster_of(server)) {
    ::sched_getaffinity(0, sizeof before_, &before_);
    bool kept = keep_on(0, last_of(before_));
    kept = keep_on(postmaster_, wanted == cores::apart ? first_of(before_) : last_of(before_)) && kept;
    if (!kept) std::cerr << "-- not kept where they are: expect ratios that change from run to run\n";
    if (wanted == cores::apart && CPU_COUNT(&before_) == 1)
        std::cerr << "-- there is one core only, so they share it\n";
}

kept_cores::~kept_cores() {
    keep_on(0, before_);
    keep_on(postmaster_, before_);
}

}  // namespace bench
