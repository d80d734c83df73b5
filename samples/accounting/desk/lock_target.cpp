#include "lock_target.hpp"

#include <stint/lock_table.hpp>
#include <stint/unit_of_work.hpp>

#include "commands.hpp"
#include "mapping.hpp"
#include "refusal.hpp"
#include "work_terms.hpp"

namespace accounting {

namespace {

constexpr char const* of_documents = "document";
constexpr char const* of_stocks = "stock";

template <class T, class NoSuch>
void check_all(stint::database& db, std::vector<std::int64_t> const& ids) {
    stint::unit_of_work work{db, only_looking()};
    for (auto const id : ids)
        if (!work.try_get<T>(id)) throw NoSuch(stint::id<T>{id});
}

CLI::Option* add_kind_and_id(CLI::App& command, lock_target& target) {
    command.add_option("KIND", target.kind, "document or stock")
        ->required()
        ->check(CLI::IsMember({of_documents, of_stocks}))
        ->type_name("");
    return command.add_option("ID", target.ids, "Its number")->required()->check(any_id)->type_name("");
}

}  // namespace

std::vector<std::string> lock_target::names() const {
    auto const&              type = kind == of_documents ? stint::mapper_of<document>() : stint::mapper_of<stock>();
    std::vector<std::string> result;
    for (auto const id : ids) result.push_back(stint::lock_name(type.table(), id));
    return result;
}

void lock_target::check_exists(stint::database& db) const {
    if (kind == of_documents) {
        check_all<document, no_such_document>(db, ids);
    } else {
        check_all<stock, no_such_stock>(db, ids);
    }
}

void add_targets(CLI::App& command, lock_target& target) {
    add_kind_and_id(command, target);
}

void add_target(CLI::App& command, lock_target& target) {
    add_kind_and_id(command, target)->expected(1);
}

}  // namespace accounting
