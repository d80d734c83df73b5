#include <memory>
#include <ostream>

#include "audit.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "lists.hpp"

namespace accounting {

namespace {

template <class List>
void show_list(session const& session, List const& list) {
    if (session.as_json) {
        session.answer(to_json(list));
    } else {
        session.out << to_table(list);
    }
}

int show_stocks(session const& session) {
    auto db = session.open_books();
    show_list(session, list_stocks(db));
    return exit_done;
}

int show_documents(session const& session, document_filter const& filter) {
    auto db = session.open_books();
    show_list(session, list_documents(db, filter));
    return exit_done;
}

int show_audit(session const& session) {
    auto       db = session.open_books();
    auto const report = audit(db);
    show_list(session, report);
    if (report.ok()) return exit_done;
    session.err << "accounting: the audit failed: " << report.complaint() << '\n';
    return exit_refused;
}

}  // namespace

void add_stocks(CLI::App& app, action& chosen) {
    auto* command = app.add_subcommand("stocks", "List the stocks");
    chooses(*command, chosen, show_stocks);
}

void add_documents(CLI::App& app, action& chosen) {
    auto  filter = std::make_shared<document_filter>();
    auto* command = app.add_subcommand("documents", "List the documents");
    command
        ->add_option_function<std::int64_t>(
            "--stock", [filter](std::int64_t id) { filter->of_stock = stock_id{id}; }, "Those of this stock")
        ->check(any_id)
        ->type_name("ID");
    command->add_flag("--open", filter->only_open, "Those that are not yet processed");
    chooses(*command, chosen, [filter](session const& session) { return show_documents(session, *filter); });
}

void add_audit(CLI::App& app, action& chosen) {
    auto* command = app.add_subcommand("audit", "Prove that no update was lost: opening - processed = quantity");
    chooses(*command, chosen, show_audit);
}

}  // namespace accounting
