// unit_options: whose unit of work it is, what keeps others off, how long it waits. unit_defaults: the same for all
// units of a database.
//
//     stint::database     db{url, {.defaults = {stint::unit_defaults{.verify = stint::verify::reads,
//                                                                    .label = "desk 7"}}}};
//     stint::unit_of_work work{db};                                                  // verifies what it reads
//     stint::unit_of_work other{db, {.verify = stint::verify::writes, .wait = 2s}};  // says so itself
//
// What a unit's options leave out is taken from the database's unit_defaults, and what these leave out is as below.
// Regular values.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <stint/deadline.hpp>
#include <stint/object_key.hpp>
#include <stint/verify.hpp>

namespace stint {

class flush_participant;
class lock_strategy;

struct unit_options {
    /// Keeps other business transactions off; null means what the mappings declare (implicit_lock.hpp).
    std::shared_ptr<lock_strategy> lock{};
    /// What must be unchanged at commit; none means what the unit writes (verify::writes).
    std::optional<stint::verify> verify{};
    /// Until when reads and commits may wait; see unit_of_work::wait_until.
    stint::deadline deadline = stint::deadline::none();
    /// How long to wait for a lock that somebody else holds, unless the strategy says. None: until its time is up in
    /// stint::run, else not at all.
    std::optional<std::chrono::milliseconds> wait{};
    /// The id of this business transaction; empty means a new, unique one. A later unit with the same owner, in any
    /// process, goes on with the locks of this one.
    std::string owner{};
    /// The owner, for people: shown with its locks. Up to 1,000 bytes.
    std::string label{};
    /// Further participants of its flushes (extension/flush_participant.hpp), called in this order, before the
    /// strategy. None may be null.
    std::vector<std::shared_ptr<flush_participant>> participants{};
    /// The objects that stood in the way of earlier tries (unit_of_work::refused); stint::run fills it in.
    std::vector<object_key> refused_before{};
};

/// For every unit of a database whose options don't say otherwise: one of database_options::defaults.
struct unit_defaults {
    std::shared_ptr<lock_strategy>           lock{};
    std::optional<stint::verify>             verify{};
    std::optional<std::chrono::milliseconds> wait{};
    std::string                              label{};
};

}  // namespace stint
