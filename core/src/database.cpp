#include <stint/database.hpp>

#include <stint/log.hpp>

#include "database_pool.hpp"

namespace stint {

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
