// unit_options: in whose name a unit of work is, what keeps others off, how long it waits; and what holds for all units
// of a database.
//
//     stint::database     db{url, {.defaults = {stint::unit_defaults{.verify = stint::verify::reads,
//                                                                    .label = "desk 7"}}}};
//     stint::unit_of_work work{db};                                                  // verifies what it reads
//     stint::unit_of_work other{db, {.verify = stint::verify::writes, .wait = 2s}};  // says so itself
//
// What a unit doesn't say is as the database's unit_defaults say it, and what these don't say as it is written here.
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
    /// What keeps other business transactions off; null: what the mappings declare (implicit_lock.hpp).
    std::shared_ptr<lock_strategy> lock{};
    /// What must be unchanged at commit; none: what the unit writes (verify::writes).
    std::optional<stint::verify> verify{};
    /// Until when reads and commits may wait; see unit_of_work::wait_until.
    deadline until = deadline::none();
    /// How long a lock is waited for that somebody else holds, where the strategy doesn't say; none: in stint::run
    /// until its time is up, else not at all.
    std::optional<std::chrono::milliseconds> wait{};
    /// The id of this business transaction; empty: a new one that nobody else has. Give a later unit, in any process,
    /// the same to go on with the locks of this one.
    std::string owner{};
    /// Who that is, for people: it stands at the locks. Up to 1,000 bytes.
    std::string label{};
    /// Who else takes part in its flushes (extension/flush_participant.hpp), asked in this order, before the
    /// strategy. None is null.
    std::vector<std::shared_ptr<flush_participant>> participants{};
    /// What stood in the way of earlier tries (unit_of_work::refused); stint::run fills it in.
    std::vector<object_key> refused_before{};
};

/// For every unit of a database that doesn't say otherwise: one of database_options::defaults.
struct unit_defaults {
    std::shared_ptr<lock_strategy>           lock{};
    std::optional<stint::verify>             verify{};
    std::optional<std::chrono::milliseconds> wait{};
    std::string                              label{};
};

}  // namespace stint
