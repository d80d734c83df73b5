#include "database_pool.hpp"

#include <algorithm>

#include <stint/error.hpp>
#include <stint/log.hpp>

namespace stint {

namespace {

constexpr std::chrono::seconds answers_within{5};

std::shared_ptr<engine> given(std::shared_ptr<engine> kind) {
    if (kind == nullptr) throw usage_error("a database was given no engine");
    return kind;
}

}  // namespace

database::pool::pool(std::shared_ptr<stint::engine> kind, database_options options)
    : engine_(given(std::move(kind))), options_(std::move(options)),
      capacity_(std::min(std::max<std::size_t>(options_.connections, 1), engine_->max_connections())) {}

database::service* database::pool::find_service(std::type_info const& type) const noexcept {
    auto const hold = std::lock_guard(services_mutex_);
    for (auto const& known : services_)
        if (*known.type == type) return known.instance.get();
    return nullptr;
}

// It is made without the lock, because it may use the database; should another thread be faster, that one's stays.
database::service& database::pool::service_of(std::type_info const& type, database& host,
                                              std::unique_ptr<service> (*make)(database&)) {
    if (auto* const known = find_service(type)) return *known;
    auto       fresh = make(host);
    auto const hold = std::lock_guard(services_mutex_);
    for (auto const& known : services_)
        if (*known.type == type) return *known.instance;
    return *services_.emplace_back(known_service{&type, std::move(fresh)}).instance;
}

// The last one first: it may use those before. Their ends are without the lock, too.
void database::pool::end_services() noexcept {
    for (;;) {
        auto hold = std::unique_lock(services_mutex_);
        if (services_.empty()) return;
        auto const last = std::move(services_.back().instance);
        services_.pop_back();
        hold.unlock();
    }
}

std::unique_ptr<connection> database::pool::lend(deadline until) {
    auto idle = take(until);
    if (!idle) return open(until);
    if (is_usable(*idle, until)) return std::move(idle->link);
    logger()->warn("{}: an idle connection was lost; a new one is opened", engine_->address());
    idle->link.reset();
    return open(until);
}

// Takes an idle connection, or a place for a new one.
std::optional<database::pool::idle_connection> database::pool::take(deadline until) {
    auto hold = std::unique_lock(mutex_);
    refuse_closed();
    if (!there_is_one()) wait_for_one(hold, earlier(until, deadline::after(options_.lend_within)).at());
    if (idle_.empty()) {
        ++places_;
        return {};
    }
    auto result = std::move(idle_.back());
    idle_.pop_back();
    return result;
}

void database::pool::wait_for_one(std::unique_lock<std::mutex>& hold, clock::time_point give_up) {
    while (!there_is_one()) {
        if (clock::now() >= give_up) refuse_exhausted();
        returned_.wait_until(hold, std::min(give_up, clock::now() + std::chrono::hours{1}));
        refuse_closed();
    }
}

// For a place that was taken; gives it up when that fails.
std::unique_ptr<connection> database::pool::open(deadline until) {
    try {
        return engine_->connect(ledger_.open(), until);
    } catch (...) {
        release_place();
        throw;
    }
}

std::unique_ptr<connection> database::pool::connect(deadline until) {
    {
        auto const hold = std::lock_guard(mutex_);
        refuse_closed();
    }
    if (engine_->max_connections() < 2)
        throw usage_error(engine_->address() + " is its one connection's own: no other can be opened to it");
    return engine_->connect(ledger_.open(), until);
}

bool database::pool::is_usable(idle_connection& idle, deadline until) {
    if (!idle.link->is_clean()) return false;
    // In milliseconds: the longest of them overflow the clock's unit.
    auto const idle_for = std::chrono::floor<std::chrono::milliseconds>(clock::now() - idle.since);
    return idle_for < options_.check_after_idle || idle.link->answers(earlier(until, deadline::after(answers_within)));
}

void database::pool::give_back(std::unique_ptr<connection> returned) noexcept {
    if (!clean(*returned)) {
        returned.reset();
        release_place();
        return;
    }
    auto const hold = std::lock_guard(mutex_);
    if (closed_) return;
    idle_.push_back({std::move(returned), clock::now()});
    returned_.notify_one();
}

bool database::pool::clean(connection& returned) noexcept {
    try {
        if (returned.is_clean()) return true;
        returned.rollback();
        if (returned.is_clean()) {
            logger()->warn("{}: a connection came back in a transaction, which was rolled back", engine_->address());
            return true;
        }
        logger()->warn("{}: a connection came back broken and was closed", engine_->address());
    } catch (std::exception const& e) {
        logger()->warn("{}: a connection came back unusable and was closed: {}", engine_->address(), e.what());
    }
    return false;
}

void database::pool::release_place() noexcept {
    auto const hold = std::lock_guard(mutex_);
    --places_;
    returned_.notify_one();
}

void database::pool::add_guest(char const* name) {
    auto const hold = std::lock_guard(mutex_);
    guests_.push_back(name);
}

void database::pool::remove_guest(char const* name) noexcept {
    auto const hold = std::lock_guard(mutex_);
    guests_.erase(std::ranges::find(guests_, name));
}

// Shares are the database's own, one each lease, guest and unit of work.
std::string database::pool::close(long shares) {
    std::vector<idle_connection> idle;  // closed without the lock
    auto const                   hold = std::lock_guard(mutex_);
    auto const                   lent = places_ - idle_.size();
    auto const                   users = static_cast<std::size_t>(shares) - 1;
    closed_ = true;
    idle.swap(idle_);
    returned_.notify_all();

    std::string who;
    auto const  add = [&](std::string const& user) { who += (who.empty() ? "" : ", ") + user; };
    for (auto const* guest : guests_) add(guest);
    if (lent > 0) add("connections on loan: " + std::to_string(lent));
    if (users > guests_.size() + lent) add("units of work: " + std::to_string(users - guests_.size() - lent));
    return who;
}

void database::pool::refuse_closed() const {
    if (closed_)
        throw usage_error(engine_->address() +
                          ": the database was destroyed before what still uses it; let a lock_table, "
                          "a lease_keeper or a lease end first");
}

void database::pool::refuse_exhausted() const {
    throw connection_error(
        engine_->address() + " has no free connection: all " + std::to_string(capacity_) +
            " were lent for as long as the caller would wait; try again, or raise database_options::connections",
        {.engine = std::string(engine_->name())}, connection_error::failure::exhausted, advice::wait_and_retry);
}

}  // namespace stint
