// The handle of a unit of work: what it does is its body's.

#include <stint/unit_of_work.hpp>

#include <algorithm>
#include <utility>

#include "pending_change.hpp"
#include "unit_body.hpp"

namespace stint {

unit_of_work::unit_of_work(database& db, unit_options options)
    : body_(std::make_unique<body>(*this, db, std::move(options), nullptr)) {}

unit_of_work::unit_of_work(database& db, unit_options options, detail::run_loop& run)
    : body_(std::make_unique<body>(*this, db, std::move(options), &run)) {}

unit_of_work::~unit_of_work() = default;

// Reading.

tracked_object* unit_of_work::find_by_key(data_mapper const& type, row_key key, lock_policy at_least) {
    return body_->find_by_key(type, key, at_least);
}

std::vector<tracked_object*> unit_of_work::find_by_keys(data_mapper const& type, std::span<row_key const> keys,
                                                        lock_policy at_least) {
    return body_->find_by_keys(type, keys, at_least);
}

std::vector<tracked_object*> unit_of_work::find_by_query(data_mapper const& type, object_query query) {
    return body_->find_by_query(type, std::move(query));
}

row_key unit_of_work::known_key(data_mapper const& type, row_key pending) const noexcept {
    return body_->memory_of_objects().known_key(type, pending);
}

void unit_of_work::finish_copy(data_mapper const& type, void* copy, row_key key) const {
    body_->memory_of_objects().finish_copy(type, copy, key);
}

std::string unit_of_work::key_list(data_mapper const& type, std::span<row_key const> keys) {
    std::string text;
    for (auto const key : keys) text += (text.empty() ? "" : ", ") + type.key_text(key);
    return text;
}

// Changing.

tracked_object& unit_of_work::make(data_mapper const& type, row_key key) {
    body_->memory_of_objects().check_new(type, key);
    return body_->memory_of_objects().map().make(type);
}

tracked_object& unit_of_work::adopt(tracked_object& made, row_key key) {
    return body_->add(made, key);
}

void unit_of_work::remove(tracked_object const& object) {
    body_->remove(object);
}

void unit_of_work::reload(std::span<tracked_object const* const> objects) {
    body_->reload(objects);
}

void unit_of_work::reload(conflict_error const& refused) {
    body_->reload(refused);
}

// Finishing.

commit_report unit_of_work::commit() {
    return body_->commit();
}

void unit_of_work::rollback() {
    body_->rollback();
}

// Looking.

std::vector<change> unit_of_work::changes() const {
    std::vector<change> result;
    auto const          all = collect_changes(body_->memory_of_objects().objects());
    for (auto const& pending : all.list) result.push_back(describe(pending));
    return result;
}

bool unit_of_work::has_changes() const {
    return std::ranges::any_of(body_->memory_of_objects().objects(),
                               [](auto const* object) { return has_changed(*object); });
}

std::vector<object_key> unit_of_work::refused() const {
    return body_->refused();
}

write_batch unit_of_work::dry_run() {
    return body_->dry_run();
}

stint::counters unit_of_work::counters() const noexcept {
    return body_->counted();
}

void unit_of_work::wait_until(deadline until) noexcept {
    body_->wait_until(until);
}

events& unit_of_work::on() {
    return body_->on();
}

database& unit_of_work::db() const noexcept {
    return body_->db();
}

std::string const& unit_of_work::owner() {
    return body_->owner();
}

}  // namespace stint
