#include "wake_up_bell.hpp"

#include <algorithm>

#include <stint/log.hpp>

namespace stint {

namespace {

using namespace std::chrono_literals;

constexpr auto look_for_stop = 100ms;
constexpr auto before_new_connection = 1s;

}  // namespace

wake_up_bell::~wake_up_bell() {
    {
        auto const hold = std::lock_guard(mutex_);
        stopped_ = true;
        called_.notify_all();
    }
    if (listener_.joinable()) listener_.join();
}

wake_up_bell::sleeper::sleeper(wake_up_bell& bell, std::string owner) : bell_(bell), owner_(std::move(owner)) {
    auto const hold = std::lock_guard(bell_.mutex_);
    if (bell_.exists() && !bell_.listener_.joinable())
        bell_.listener_ = std::thread([&bell = bell_] { bell.listen(); });
    bell_.sleepers_.push_back(this);
}

wake_up_bell::sleeper::~sleeper() {
    auto const hold = std::lock_guard(bell_.mutex_);
    bell_.sleepers_.remove(this);
}

void wake_up_bell::sleeper::sleep_until(deadline::clock::time_point then) {
    auto hold = std::unique_lock(bell_.mutex_);
    bell_.called_.wait_until(hold, then, [this] { return called_; });
    called_ = false;
}

void wake_up_bell::listen() {
    while (!stopped()) {
        try {
            auto const link = db_.connect(deadline::after(10s));
            is_deaf_ = !link->listen(channel_, deadline::after(10s));
            call_everybody();  // what was told before was missed
            if (is_deaf_) return;
            listen_on(*link);
        } catch (std::exception const& e) {
            logger()->warn("{}: callers that wait for a lock look for it now and then, but are not told: {}",
                           db_.address(), e.what());
            rest(before_new_connection);
        }
    }
}

void wake_up_bell::listen_on(connection& link) {
    while (!stopped()) call(link.wait_for_notices(deadline::after(look_for_stop)));
}

void wake_up_bell::call(std::vector<std::string> const& owners) {
    if (owners.empty()) return;
    auto const hold = std::lock_guard(mutex_);
    for (auto* waiter : sleepers_)
        if (std::ranges::find(owners, waiter->owner_) != owners.end()) waiter->called_ = true;
    called_.notify_all();
}

void wake_up_bell::call_everybody() {
    auto const hold = std::lock_guard(mutex_);
    for (auto* waiter : sleepers_) waiter->called_ = true;
    called_.notify_all();
}

void wake_up_bell::rest(std::chrono::milliseconds time) {
    auto hold = std::unique_lock(mutex_);
    called_.wait_until(hold, deadline::clock::now() + time, [this] { return stopped_; });
}

bool wake_up_bell::stopped() {
    auto const hold = std::lock_guard(mutex_);
    return stopped_;
}

}  // namespace stint
