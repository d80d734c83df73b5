// The sample's books in a database of their own, to be worked on by its functions and by its program.
#pragma once

#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <stint/stint.hpp>

#include "audit.hpp"
#include "opening_books.hpp"
#include "process_document.hpp"
#include "samples/program.hpp"
#include "support/scratch_database.hpp"
#include "work_terms.hpp"

struct accounting_fixture : scratch_database {
    void use_example() { accounting::write_books(db(), accounting::example_books()); }
    void use_generated(std::size_t stocks, std::size_t documents) {
        accounting::write_books(db(), accounting::generated_books(stocks, documents));
    }

    std::string quantity_of_stock(int key) {
        stint::unit_of_work look{db(), accounting::only_looking()};
        return look.get<accounting::stock>(key)->quantity.to_string();
    }
    bool is_processed(int key) {
        stint::unit_of_work look{db(), accounting::only_looking()};
        return look.get<accounting::document>(key)->processed;
    }
    std::size_t processed() {
        stint::unit_of_work look{db(), accounting::only_looking()};
        return look.find<accounting::document>(stint::where(&accounting::document::processed) == true).size();
    }

    /// The program's arguments, with this database.
    std::vector<std::string> with_database(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"--database", url()});
        return arguments;
    }
    ended_program accounting(std::vector<std::string> arguments) const {
        return run_program(with_database(std::move(arguments)));
    }
    /// "lock document 1 --owner desk-7", with this database. No word has a blank in it.
    ended_program run(std::string const& line) const { return accounting(words_of(line)); }

    static std::vector<std::string> words_of(std::string const& line) {
        std::istringstream in{line};
        return {std::istream_iterator<std::string>{in}, {}};
    }
};

inline nlohmann::json parsed(ended_program const& end) {
    return nlohmann::json::parse(end.out);
}

inline bool contains(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}
