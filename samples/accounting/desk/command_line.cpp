#include "command_line.hpp"

#include <spdlog/sinks/stdout_sinks.h>

#include <stint/log.hpp>

#include "commands.hpp"
#include "exit_code.hpp"

namespace accounting {

namespace {

void add_settings(CLI::App& app, session& session) {
    app.add_option("--database", session.url, "sqlite:PATH or postgresql://USER@HOST/NAME")
        ->type_name("URL")
        ->capture_default_str();
    app.add_flag("--json", session.as_json, "Print one JSON document");
    app.add_option("--log", session.log_level, "What the library logs to standard error")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
        ->type_name("LEVEL")
        ->capture_default_str();
}

void add_commands(CLI::App& app, action& chosen) {
    app.require_subcommand(0, 1);  // none is told better than by CLI11, which takes an unknown one for none
    app.fallthrough();             // settings may come after the command
    for (auto const add : {add_init, add_stocks, add_documents, add_locks, add_process, add_race, add_load, add_worker,
                           add_audit, add_lock, add_unlock, add_break})
        add(app, chosen);
}

void set_log_level(std::string const& level) {
    auto log = std::make_shared<spdlog::logger>("stint", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    log->set_level(spdlog::level::from_str(level));
    stint::set_logger(std::move(log));
}

}  // namespace

void chooses(CLI::App& command, action& chosen, action task) {
    command.callback([&chosen, task = std::move(task)] { chosen = task; });
}

int run_command_line(int argc, char const* const* argv, std::ostream& out, std::ostream& err) {
    session  session{out, err};
    action   chosen;
    CLI::App app{"The books of a small store: stocks, and documents that take from them", "accounting"};
    add_settings(app, session);
    add_commands(app, chosen);
    try {
        app.parse(argc, argv);
        if (!chosen) throw usage_mistake("what command?");
        set_log_level(session.log_level);
        int const code = chosen(session);
        out.flush();
        return code;
    } catch (CLI::Success const& help) {
        return app.exit(help, out, err);
    } catch (CLI::ParseError const& e) {
        return report_failure(err, std::make_exception_ptr(usage_mistake(e.what())));
    } catch (...) {
        return report_failure(err, std::current_exception());
    }
}

}  // namespace accounting
