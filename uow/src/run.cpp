#include <stint/run.hpp>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <random>
#include <thread>

#include <stint/log.hpp>

#include "turnstile.hpp"
#include "unit_body.hpp"
#include "unit_defaults.hpp"

namespace stint::detail {

namespace {

using namespace std::chrono_literals;

constexpr auto        usual_time = 30s;
constexpr auto        longest_pause = 50ms;       // between runs that were in each other's way
constexpr auto        longest_outage_pause = 1s;  // while there is no connection
constexpr std::size_t many_tries = 20;

thread_local run_loop::inside* innermost = nullptr;

std::chrono::microseconds random_up_to(std::chrono::microseconds longest) {
    thread_local std::minstd_rand               random{std::random_device{}()};
    std::uniform_int_distribution<std::int64_t> microseconds{0, longest.count()};
    return std::chrono::microseconds{microseconds(random)};
}

/// By what it says of itself.
bool is_cured_by_another_try(error const& failure) {
    switch (failure.kind()) {
    case error_kind::transient: return true;
    case error_kind::connection: return failure.what_next() == advice::wait_and_retry;
    default: return failure.what_next() == advice::reload_and_retry;
    }
}

deadline end_of(run_options const& options) {
    if (options.patience) return earlier(deadline::after(*options.patience), options.unit.deadline);
    return options.unit.deadline.is_none() ? deadline::after(usual_time) : options.unit.deadline;
}

/// One business transaction, one owner, however often its function runs.
unit_options with_owner(unit_options options) {
    if (options.owner.empty()) options.owner = new_owner();
    return options;
}

std::vector<object_key> keys_of(data_mapper const& type, std::span<row_key const> keys) {
    std::vector<object_key> result;
    result.reserve(keys.size());
    for (auto const key : keys) result.push_back({&type, key});
    return result;
}

}  // namespace

run_loop::inside::inside(run_loop& loop) noexcept : loop_(loop), outer_(std::exchange(innermost, this)) {}

run_loop::inside::~inside() {
    assert(innermost == this && "inner runs end before outer ones");
    innermost = outer_;
}

char const* run_loop::other_than(unit_options const& inner) {
    auto& unit = *work_->body_;
    if (inner.lock != nullptr && inner.lock != unit.options().lock) return "another lock strategy";
    if (inner.verify && *inner.verify > unit.verification()) return "another verification";
    if (!inner.owner.empty() && inner.owner != unit.owner()) return "another owner";
    return inner.participants.empty() ? nullptr : "other participants";
}

unit_of_work* unit_to_join(database& db, run_options const& inner, bool wants_to_act_after_commit) {
    auto* outer = innermost;
    while (outer != nullptr && &outer->loop_.db() != &db) outer = outer->outer_;
    if (outer == nullptr) return nullptr;
    if (auto const* refused = outer->loop_.other_than(inner.unit))
        throw usage_error(
            std::string("a run inside of another on the same database joins its unit of work, and can't have ") +
            refused + ": give it to the outer run");
    if (wants_to_act_after_commit)
        throw usage_error(
            "a run inside of another on the same database joins its unit of work, which the outer run commits: what is to be "
            "called after the commit must be returned by the outer run's function");
    return &outer->loop_.work();
}

run_loop::run_loop(database& db, run_options const& options)
    : db_(db), options_(options), unit_(with_owner(with_defaults(options.unit, db))), deadline_(end_of(options)),
      turnstiles_(db.use_service<turnstiles>()) {}

run_loop::~run_loop() = default;

unit_of_work& run_loop::begin() {
    ++tries_;
    work_ = std::unique_ptr<unit_of_work>{new unit_of_work{db_, unit_, *this}};
    return *work_;
}

void run_loop::commit() {
    if (place_ != nullptr) place_->begin_commit();
    auto const began = turnstiles::clock::now();
    work_->commit();
    if (work_->body_->has_committed()) turnstiles_.note_commit(turnstiles::clock::now() - began);
}

bool run_loop::is_to_go_on(error const& failure) const {
    if (!is_cured_by_another_try(failure) || work_->body_->has_committed()) return false;
    return tries_ < options_.attempts.value_or(tries_ + 1) && !deadline_.has_passed();
}

void run_loop::go_on_after(error const& failure) {
    if (!is_to_go_on(failure)) throw;
    logger()->debug("{}: try {} of a run failed, and it runs again: {}", db_.address(), tries_, failure.what());
    if (tries_ == many_tries)
        logger()->warn("{}: a run has failed {} times, and goes on: {}", db_.address(), tries_, failure.what());
    if (options_.before_retry) options_.before_retry(failure, tries_);
    unit_.refused_before = work_->refused();
    work_.reset();  // gives back its locks
    wait_for_next_try(failure);
}

/// Runs of one process stand in line. Between processes nobody knows who is there: the first pauses are long enough for
/// a few commits of others, so that few are sent in vain; then they get shorter, so that who was refused more often
/// comes before newcomers.
void run_loop::wait_for_next_try(error const& failure) {
    if (failure.kind() == error_kind::connection) {
        pause(
            std::min<std::chrono::microseconds>(10ms * (1 << std::min<std::size_t>(tries_, 7)), longest_outage_pause));
        return;
    }
    if (place_ == nullptr) {
        if (stand_in_line()) return;
    } else {
        place_->note_refusal();
    }
    constexpr std::size_t patient_tries = 2, halvings = 10;
    auto const            times_halved = std::min(tries_ - std::min(tries_, patient_tries), halvings);
    auto const            longest = std::min<std::chrono::microseconds>(8 * turnstiles_.usual_commit(), longest_pause);
    pause(longest / (1 << times_halved));
}

/// Whether others were there and were waited for, or will be in the lock table's line.
bool run_loop::stand_in_line() {
    std::vector<object_key> objects;
    for (auto const& object : unit_.refused_before)
        if (stands_in_line_for(object)) objects.push_back(object);
    if (objects.empty()) return !unit_.refused_before.empty();
    place_ = turnstiles_.join_or_begin(objects);
    if (place_ == nullptr || place_->wait(deadline::after(0ms))) return false;
    place_->wait(deadline_);
    return true;
}

/// Objects that the strategy locks in a rerun have a line of their own, in the lock table.
bool run_loop::stands_in_line_for(object_key const& object) const {
    return !unit_.lock->locks_after_refusal(*object.type);
}

void run_loop::pause(std::chrono::microseconds longest) {
    auto const time = random_up_to(longest);
    std::this_thread::sleep_until(std::min(deadline::after(time).at(), deadline_.at()));
}

void run_loop::before_read(data_mapper const& type, std::span<row_key const> keys) {
    if (place_ != nullptr || turnstiles_.are_quiet()) return;
    auto const objects = keys_of(type, keys);
    place_ = turnstiles_.join(objects);
    if (place_ != nullptr) place_->wait(deadline_);
}

}  // namespace stint::detail
