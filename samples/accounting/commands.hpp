// The commands: each adds itself and its options to the command line, in a file of its own.
//
// What is to be run is left in `chosen`, because options of the whole program may come after the command.
#pragma once

#include <cstdint>
#include <functional>

#include <CLI/CLI.hpp>

#include "session.hpp"

namespace accounting {

/// Answers an exit code.
using action = std::function<int(session const&)>;

void add_init(CLI::App& app, action& chosen);
void add_stocks(CLI::App& app, action& chosen);
void add_documents(CLI::App& app, action& chosen);
void add_process(CLI::App& app, action& chosen);
void add_race(CLI::App& app, action& chosen);
void add_load(CLI::App& app, action& chosen);
void add_worker(CLI::App& app, action& chosen);
void add_audit(CLI::App& app, action& chosen);

/// Leaves what a command does in `chosen`, when it is the one.
void chooses(CLI::App& command, action& chosen, action what);

/// What a person may give as an id.
inline CLI::Range const any_id{std::int64_t{1}, std::int64_t{1} << 60, "ID"};

/// --lock, for the commands that write.
CLI::Option* add_lock(CLI::App& command, lock_choice& lock);

}  // namespace accounting
