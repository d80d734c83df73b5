#include <stint/database.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include <stint/error.hpp>
#include <stint/extension/engine.hpp>
#include <stint/log.hpp>

#include "counter_ledger.hpp"

namespace stint {
namespace {

constexpr std::chrono::seconds answers_within{5};

}  // namespace

class database::pool {
public:
    pool(std::shared_ptr<stint::engine> kind, database_options options)
        : engine_(std::move(kind)), options_(std::move(options)),
          capacity_(std::min(std::max<std::size_t>(options_.connections, 1), engine_->max_connections())) {}

    std::unique_ptr<connection> lend(deadline until);
    void                        give_back(std::unique_ptr<connection> returned) noexcept;

    std::unique_ptr<connection> connect(deadline until);

    std::vector<std::any> const& defaults() const noexcept { return options_.defaults; }
    service& service_of(std::type_info const& type, database& host, std::unique_ptr<service> (*make)(database&));
    void     end_services() noexcept;

    void add_guest(char const* name);
    void remove_guest(char const* name) noexcept;
    /// Who uses it, in words, when it is shared by so many; nothing is lent from now on. Empty: nobody.
    std::string close(long shares);

    stint::engine const& kind() const noexcept { return *engine_; }
    stint::counters      counted() const noexcept { return ledger_.read(); }

private:
    using clock = deadline::clock;

    struct idle_connection {
        std::unique_ptr<connection> link;
        clock::time_point           since;
    };

    struct known_service {
        std::type_info const*    type;
        std::unique_ptr<service> instance;
    };

    service* find_service(std::type_info const& type) const noexcept;

    std::optional<idle_connection> take(deadline until);
    bool                           there_is_one() const noexcept { return !idle_.empty() || places_ < capacity_; }
    void                           wait_for_one(std::unique_lock<std::mutex>& hold, clock::time_point give_up);
    std::unique_ptr<connection>    open(deadline until);
    bool                           is_usable(idle_connection& idle, deadline until);
    bool                           clean(connection& returned) noexcept;
    void                           release_place() noexcept;
    void                           refuse_closed() const;
    [[noreturn]] void              refuse_exhausted() const;

    std::shared_ptr<stint::engine> engine_;
    database_options               options_;
    std::size_t                    capacity_;
    counter_ledger                 ledger_;

    std::mutex                   mutex_;
    std::condition_variable      returned_;
    std::vector<idle_connection> idle_;        // the one used last is lent first
    std::size_t                  places_ = 0;  // connections open or being opened
    std::vector<char const*>     guests_;
    bool                         closed_ = false;  // the database is gone

    mutable std::mutex         services_mutex_;
    std::vector<known_service> services_;
};

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

database::database(std::shared_ptr<engine> kind, database_options options)
    : pool_(std::make_shared<pool>(std::move(kind), std::move(options))) {
    pool_->give_back(pool_->lend(deadline::none()));
}

std::vector<std::any> const& database::defaults() const noexcept {
    return pool_->defaults();
}

database::service& database::service_of(std::type_info const& type, std::unique_ptr<service> (*make)(database&)) {
    return pool_->service_of(type, *this, make);
}

bool database::close() noexcept {
    pool_->end_services();
    auto const users = pool_->close(pool_.use_count());
    if (users.empty()) return false;
    logger()->critical("{}: the database is destroyed before what uses it: {}", address(), users);
    return true;
}

database::lease::lease(std::shared_ptr<pool> owner, std::unique_ptr<connection> lent) noexcept
    : owner_(std::move(owner)), connection_(std::move(lent)), counted_in_(detail::count_scope::innermost()) {
    if (counted_in_ == nullptr) return;
    scope_number_ = counted_in_->number();
    before_ = connection_->counted();
}

database::lease::~lease() {
    if (!connection_) return;
    bool const is_counted = counted_in_ != nullptr && counted_in_ == detail::count_scope::innermost() &&
                            counted_in_->number() == scope_number_;
    if (is_counted) counted_in_->add(connection_->counted() - before_);
    owner_->give_back(std::move(connection_));
}

database::lease database::lend(deadline until) {
    return lease(pool_, pool_->lend(until));
}

std::unique_ptr<connection> database::connect(deadline until) {
    return pool_->connect(until);
}

engine const& database::kind() const noexcept {
    return pool_->kind();
}

std::string database::address() const {
    return pool_->kind().address();
}

counters database::counters() const noexcept {
    return pool_->counted();
}

database::guest::guest(database& host, char const* name) : pool_(host.pool_), name_(name) {
    pool_->add_guest(name_);
}

database::guest::~guest() {
    pool_->remove_guest(name_);
}

database::lease database::guest::lend(deadline until) {
    return lease(pool_, pool_->lend(until));
}

std::unique_ptr<connection> database::guest::connect(deadline until) {
    return pool_->connect(until);
}

engine const& database::guest::kind() const noexcept {
    return pool_->kind();
}

std::string database::guest::address() const {
    return pool_->kind().address();
}

}  // namespace stint
