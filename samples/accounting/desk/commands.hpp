// The commands: each adds itself and its options to the command line, in a file of its own.
//
// What is to be run is left in `chosen`, because options of the whole program may come after the command.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "lock_choice.hpp"
#include "session.hpp"

namespace accounting {

/// Returns an exit code.
using action = std::function<int(session const&)>;

void add_init(CLI::App& app, action& chosen);
void add_stocks(CLI::App& app, action& chosen);
void add_documents(CLI::App& app, action& chosen);
void add_process(CLI::App& app, action& chosen);
void add_race(CLI::App& app, action& chosen);
void add_load(CLI::App& app, action& chosen);
void add_worker(CLI::App& app, action& chosen);
void add_audit(CLI::App& app, action& chosen);
void add_locks(CLI::App& app, action& chosen);
void add_lock(CLI::App& app, action& chosen);
void add_unlock(CLI::App& app, action& chosen);
void add_break(CLI::App& app, action& chosen);

/// Leaves what a command does in `chosen`, when it is the command that was given.
void chooses(CLI::App& command, action& chosen, action task);

// Options that several commands have (command_options.cpp).

/// What a person may give as an id.
inline CLI::Range const any_id{std::int64_t{1}, std::int64_t{1} << 60, "ID"};

/// --lock, for the commands that write.
CLI::Option* add_lock_choice(CLI::App& command, lock_choice& lock);

/// --wait, for the commands that take locks.
CLI::Option* add_wait(CLI::App& command, std::chrono::milliseconds& wait);
/// Throws usage_mistake if a command is to wait for locks and takes none.
void check_wait(lock_choice lock, std::chrono::milliseconds wait);

/// A time with its unit.
CLI::Option* add_time(CLI::App& command, std::string const& name, std::chrono::milliseconds& time,
                      std::string const& help);

/// A name for the lock table: not empty, and not too long for it.
CLI::Option* add_name(CLI::App& command, std::string const& name, std::string& text, std::string const& help);
/// --reason.
CLI::Option* add_reason(CLI::App& command, std::string& reason);

}  // namespace accounting
