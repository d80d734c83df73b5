// stop_request: SIGINT and SIGTERM, as something to wait for: finish what is in hand, then end.
//
//     accounting::stop_request stop;
//     pollfd wanted{stop.number(), POLLIN, 0};
//
// One a process, until its end; while it lives the signals no longer kill.
#pragma once

#include "pipe.hpp"

namespace accounting {

class stop_request {
public:
    stop_request();
    stop_request(stop_request const&) = delete;
    stop_request& operator=(stop_request const&) = delete;
    ~stop_request();

    /// A file descriptor that can be read from the first signal on.
    int number() const noexcept { return ends_.read.number(); }

private:
    pipe_ends ends_;
};

}  // namespace accounting
