#include "support/kept_cores.hpp"

#include <exception>
#include <fstream>
#include <iostream>

#include "by_hand/pg_link.hpp"

namespace bench {

namespace {

bool is_postgres(pid_t process) {
    std::ifstream in{"/proc/" + std::to_string(process) + "/comm"};
    std::string   name;
    return in >> name && name == "postgres";
}

/// Its children inherit its cores. None of this machine: 0.
pid_t postmaster_of(std::string const& server) {
    try {
        pg_link link{server};
        link.prepare("", "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
        auto const process = static_cast<pid_t>(number_in(link.execute(""), 0, 0));
        return is_postgres(process) ? process : 0;
    } catch (std::exception const& e) {  // who may not read it isn't told
        std::cerr << "-- " << e.what() << '\n';
        return 0;
    }
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
    bool kept = keep_on(0, last_of(before_)) && postmaster_ != 0;
    kept = kept && keep_on(postmaster_, wanted == cores::apart ? first_of(before_) : last_of(before_));
    if (!kept) std::cerr << "-- not kept where they are: expect ratios that change from run to run\n";
    if (wanted == cores::apart && CPU_COUNT(&before_) == 1)
        std::cerr << "-- there is one core only, so they share it\n";
}

kept_cores::~kept_cores() {
    keep_on(0, before_);
    if (postmaster_ != 0) keep_on(postmaster_, before_);
}

}  // namespace bench
