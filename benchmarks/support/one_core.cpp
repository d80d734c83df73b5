#include "support/one_core.hpp"

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

cpu_set_t last_of(cpu_set_t const& cores) noexcept {
    std::size_t last = 0;
    for (std::size_t i = 0; i < CPU_SETSIZE; ++i)
        if (CPU_ISSET(i, &cores)) last = i;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    return one;
}

}  // namespace

one_core::one_core(std::string const& server) : postmaster_(postmaster_of(server)) {
    ::sched_getaffinity(0, sizeof before_, &before_);
    auto const core = last_of(before_);
    bool       kept = keep_on(0, core);
    kept = keep_on(postmaster_, core) && kept;
    if (!kept) std::cerr << "-- not kept on one core: expect ratios that change from run to run\n";
}

one_core::~one_core() {
    keep_on(0, before_);
    keep_on(postmaster_, before_);
}

}  // namespace bench
