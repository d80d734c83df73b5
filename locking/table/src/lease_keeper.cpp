#include <stint/lease_keeper.hpp>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <stint/error.hpp>
#include <stint/log.hpp>

#include "lease_book.hpp"
#include "lease_pace.hpp"
#include "lease_renewing.hpp"

namespace stint {
namespace {

using clock = deadline::clock;

void log_failure(std::string_view task, std::string_view problem) noexcept {
    try {
        logger()->warn("{}: {}", task, problem);
    } catch (...) {  // a sink's own exception; there is nobody to tell
    }
}

// Returns whether the step went well. Whatever it throws, the thread goes on with the next step.
template <class Step>
bool attempt(std::string_view task, Step step) noexcept {
    try {
        step();
        return true;
    } catch (std::exception const& e) {
        log_failure(task, e.what());
    } catch (...) {
        log_failure(task, "an exception of an unknown type");
    }
    return false;
}

// Not to the end of time in one go: the system's clocks overflow before that.
void wait(std::unique_lock<std::mutex>& hold, std::condition_variable& changed, clock::time_point until) {
    changed.wait_until(hold, std::min(until, clock::now() + std::chrono::hours{1}));
}

}  // namespace

std::string_view to_string(lease_news news) noexcept {
    switch (news) {
    case lease_news::late: return "late";
    case lease_news::on_time: return "on time";
    case lease_news::ending: return "ending";
    case lease_news::unreachable: return "unreachable";
    case lease_news::lost: return "lost";
    }
    return {};
}

// One thread asks and never calls a listener, so no listener can keep it from renewing. The other tells and never asks,
// so no missing answer can keep it from telling. It has a share in the heart, since a listener may destroy the keeper.
class lease_keeper::heart : public std::enable_shared_from_this<heart> {
public:
    heart(lock_table& locks, keeper_options const& options)
        : pace_(lease_pace::of(options)), renewing_(std::in_place, locks.db(), options), book_(pace_) {}

    void start();
    void stop() noexcept;
    void end() noexcept;

    void                 keep(lease const& lease, listener tell);
    std::optional<lease> forget(lease const& lease) noexcept;
    bool                 relies_on(lease const& lease) const noexcept;
    std::size_t          kept() const noexcept;

private:
    using lock = std::unique_lock<std::mutex>;

    void renew_until_stopped() noexcept;
    void beat(lock& hold);
    void tell_until_stopped() noexcept;
    void tell(lock& hold, lease_book::word next) noexcept;
    void look_at_the_clock();

    clock::time_point next_look() const noexcept;
    bool              is_telling(lease const& lease) const noexcept;
    bool              tells_in_this_thread() const noexcept { return std::this_thread::get_id() == teller_id_; }

    lease_pace const              pace_;
    std::optional<lease_renewing> renewing_;  // of the renewing thread, as long as that lives

    std::mutex mutable mutex_;
    std::condition_variable beat_changed_, news_changed_, told_;
    lease_book              book_;
    std::optional<deadline> answer_due_{};       // while a renewal is on its way
    lease const*            telling_ = nullptr;  // while its listener is called
    std::thread::id         teller_id_{};
    bool                    stopped_ = false;

    std::mutex  joining_;
    std::thread renewer_, teller_;
};

void lease_keeper::heart::start() {
    try {
        renewer_ = std::thread([this] { renew_until_stopped(); });
        teller_ = std::thread([self = shared_from_this()] { self->tell_until_stopped(); });
    } catch (...) {
        stop();
        throw;
    }
}

void lease_keeper::heart::stop() noexcept {
    {
        auto const hold = lock(mutex_);
        stopped_ = true;
        beat_changed_.notify_all();
        news_changed_.notify_all();
        if (tells_in_this_thread()) return;
    }
    auto const one_at_a_time = std::lock_guard(joining_);
    if (renewer_.joinable()) renewer_.join();
    if (teller_.joinable()) teller_.join();
}

void lease_keeper::heart::end() noexcept {
    stop();
    if (renewer_.joinable()) renewer_.join();
    renewing_.reset();                         // the database may end now, though this thread goes on
    if (teller_.joinable()) teller_.detach();  // it is this thread
    std::vector<lease_book::listener> listeners;
    auto const                        hold = lock(mutex_);
    listeners = book_.clear();
}

void lease_keeper::heart::keep(lease const& lease, listener tell) {
    if (!tell) throw usage_error("a lease is kept for a listener: give one");
    auto                 shared = std::make_shared<listener const>(std::move(tell));
    lease_book::listener before;  // destroyed without the lock
    auto const           hold = lock(mutex_);
    if (stopped_) throw usage_error("the keeper was stopped: it does not renew " + lease.name);
    before = book_.keep(lease, std::move(shared), clock::now());
    beat_changed_.notify_all();
    news_changed_.notify_all();
}

std::optional<lease> lease_keeper::heart::forget(lease const& lease) noexcept {
    lease_book::forgotten before;  // destroyed without the lock
    auto                  hold = lock(mutex_);
    before = book_.forget(lease);
    if (!tells_in_this_thread()) told_.wait(hold, [&] { return !is_telling(lease); });
    return std::move(before.last);
}

bool lease_keeper::heart::relies_on(lease const& lease) const noexcept {
    auto const hold = lock(mutex_);
    return book_.relies_on(lease, clock::now());
}

std::size_t lease_keeper::heart::kept() const noexcept {
    auto const hold = lock(mutex_);
    return book_.kept();
}

void lease_keeper::heart::renew_until_stopped() noexcept {
    auto hold = lock(mutex_);
    while (!stopped_) {
        auto const next = book_.next_beat();
        if (clock::now() < next) wait(hold, beat_changed_, next);
        else beat(hold);
    }
    hold.unlock();
    renewing_->disconnect();
}

void lease_keeper::heart::beat(lock& hold) {
    auto const           began = clock::now();
    std::vector<lease>   leases;
    std::vector<renewal> answers;
    attempt("the leases that are due can't be listed", [&] { leases = book_.begin_beat(began); });
    news_changed_.notify_all();
    if (leases.empty()) return;
    auto const until = deadline::at(began + pace_.patience);
    answer_due_ = until;
    hold.unlock();
    bool const answered = attempt("leases were not renewed", [&] { answers = renewing_->send(leases, until); });
    hold.lock();
    answer_due_.reset();
    if (!answered || !attempt("renewals can't be noted", [&] { book_.end_beat(answers, began); }))
        attempt("leases can't be told late", [&] { book_.fail_beat(clock::now()); });
    news_changed_.notify_all();
}

void lease_keeper::heart::tell_until_stopped() noexcept {
    auto hold = lock(mutex_);
    teller_id_ = std::this_thread::get_id();
    while (!stopped_) {
        std::optional<lease_book::word> next;
        bool const                      looked = attempt("news of leases are delayed", [&] {
            look_at_the_clock();
            next = book_.next_word();
        });
        if (next) tell(hold, std::move(*next));
        else wait(hold, news_changed_, looked ? next_look() : clock::now() + pace_.pause);
    }
}

void lease_keeper::heart::tell(lock& hold, lease_book::word next) noexcept {
    telling_ = &next.lease;
    hold.unlock();
    attempt("a listener to news of a lease failed", [&] { (*next.tell)(next.lease, next.news); });
    next.tell.reset();
    hold.lock();
    telling_ = nullptr;
    told_.notify_all();
}

void lease_keeper::heart::look_at_the_clock() {
    if (answer_due_ && answer_due_->has_passed()) {
        answer_due_.reset();
        book_.be_late();
    }
    book_.check(clock::now());
}

clock::time_point lease_keeper::heart::next_look() const noexcept {
    return answer_due_ ? std::min(answer_due_->at(), book_.next_check()) : book_.next_check();
}

bool lease_keeper::heart::is_telling(lease const& lease) const noexcept {
    return telling_ && telling_->name == lease.name && telling_->owner == lease.owner && telling_->fence == lease.fence;
}

lease_keeper::lease_keeper(lock_table& locks, keeper_options options)
    : heart_(std::make_shared<heart>(locks, options)) {
    heart_->start();
}

lease_keeper::~lease_keeper() {
    heart_->end();
}

void lease_keeper::keep(lease const& lease, listener tell) {
    heart_->keep(lease, std::move(tell));
}

std::optional<lease> lease_keeper::forget(lease const& lease) noexcept {
    return heart_->forget(lease);
}

bool lease_keeper::relies_on(lease const& lease) const noexcept {
    return heart_->relies_on(lease);
}

std::size_t lease_keeper::kept() const noexcept {
    return heart_->kept();
}

void lease_keeper::stop() noexcept {
    heart_->stop();
}

}  // namespace stint
