// lock_time: a clock that runs while rows may be locked, and adds up into a connection's counters.
#pragma once

#include <chrono>
#include <optional>

#include <stint/extension/engine.hpp>

namespace stint {

class lock_time {
public:
    using clock = std::chrono::steady_clock;

    explicit lock_time(live_counters& adds_to) noexcept : adds_to_(adds_to) {}
    lock_time(lock_time const&) = delete;
    lock_time& operator=(lock_time const&) = delete;
    ~lock_time() { stop(); }

    /// Without effect while it runs.
    void start(clock::time_point since) noexcept {
        if (!since_) since_ = since;
    }
    /// Without effect while it doesn't.
    void stop() noexcept { stop(clock::now()); }
    void stop(clock::time_point at) noexcept {
        if (since_) adds_to_.locked_for += at - *since_;
        since_.reset();
    }

private:
    live_counters&                   adds_to_;
    std::optional<clock::time_point> since_{};
};

}  // namespace stint
