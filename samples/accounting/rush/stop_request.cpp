#include "stop_request.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>

#include <unistd.h>

namespace accounting {

namespace {

std::atomic<int> told{-1};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler reads it");

extern "C" void tell(int) {
    int const kept = errno;
    if (::write(told.load(), "!", 1) < 0) {
        // Full: it was told often enough.
    }
    errno = kept;
}

void handle(int signal, void (*handler)(int)) {
    struct sigaction action{};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(signal, &action, nullptr);
}

}  // namespace

stop_request::stop_request() : ends_(make_pipe()) {
    told = ends_.write.number();
    handle(SIGINT, &tell);
    handle(SIGTERM, &tell);
}

stop_request::~stop_request() {
    handle(SIGINT, SIG_DFL);
    handle(SIGTERM, SIG_DFL);
    told = -1;
}

}  // namespace accounting
