#include "commands.hpp"
#include "exit_code.hpp"
#include "time_span.hpp"

namespace accounting {

namespace {

/// As the lock table keeps it.
CLI::Validator text_of(std::size_t shortest, std::size_t longest) {
    auto const check = [=](std::string& text) {
        if (text.size() >= shortest && text.size() <= longest) return std::string{};
        return "a text of " + std::to_string(shortest) + " to " + std::to_string(longest) + " bytes is wanted";
    };
    return CLI::Validator{check, ""};
}

}  // namespace

CLI::Option* add_lock_choice(CLI::App& command, lock_choice& lock) {
    return command
        .add_option_function<std::string>(
            "--lock", [&lock](std::string const& name) { lock = lock_named(name); },
            "What keeps clerks apart; without it what the mappings declare: documents are edited by one clerk alone, "
            "stocks are optimistic. mixed: stocks too are locked, and waited for, after a conflict")
        ->check(CLI::IsMember(lock_choices()))
        ->type_name("LOCK");
}

CLI::Option* add_wait(CLI::App& command, std::chrono::milliseconds& wait) {
    return add_time(command, "--wait", wait, "How long to wait for locks that others hold");
}

void check_wait(lock_choice lock, std::chrono::milliseconds wait) {
    if (wait.count() > 0 && !takes_locks(lock))
        throw usage_mistake("--wait is for locks, and with --lock " + std::string(to_string(lock)) + " none is taken");
}

CLI::Option* add_time(CLI::App& command, std::string const& name, std::chrono::milliseconds& time,
                      std::string const& help) {
    return command
        .add_option_function<std::string>(
            name, [&time](std::string const& text) { time = time_span(text); }, help)
        ->check(is_time_span)
        ->type_name("TIME")
        ->default_str(to_text(time));
}

CLI::Option* add_name(CLI::App& command, std::string const& name, std::string& text, std::string const& help) {
    return command.add_option(name, text, help)->check(text_of(1, 200))->type_name("NAME");
}

CLI::Option* add_reason(CLI::App& command, std::string& reason) {
    return command.add_option("--reason", reason, "Why, for colleagues")->check(text_of(0, 1000))->type_name("TEXT");
}

}  // namespace accounting
