#include <memory>
#include <ostream>

#include "commands.hpp"
#include "exit_code.hpp"
#include "opening_books.hpp"

namespace accounting {

namespace {

struct init_options {
    std::size_t stocks = 0;  ///< none: the example's
    std::size_t documents = 0;
};

int init(session const& session, init_options const& options) {
    auto const books = options.stocks == 0 ? example_books() : generated_books(options.stocks, options.documents);
    auto       db = session.open_or_make_books();
    write_books(db, books);

    if (session.as_json) {
        session.answer({{"stocks", books.stocks.size()}, {"documents", books.documents.size()}});
    } else {
        session.out << "new books: " << books.stocks.size() << " stocks, " << books.documents.size() << " documents\n";
    }
    return exit_done;
}

}  // namespace

void add_init(CLI::App& app, action& chosen) {
    auto  options = std::make_shared<init_options>();
    auto* command = app.add_subcommand("init", "Make new books in place of any that are there");
    auto* stocks = command->add_option("--stocks", options->stocks, "How many stocks to generate")
                       ->check(CLI::Range(1, 1'000'000))
                       ->type_name("N");
    auto* documents = command->add_option("--documents", options->documents, "How many documents to generate")
                          ->check(CLI::Range(0, 10'000'000))
                          ->type_name("M");
    stocks->needs(documents);
    documents->needs(stocks);
    chooses(*command, chosen, [options](session const& session) { return init(session, *options); });
}

}  // namespace accounting
