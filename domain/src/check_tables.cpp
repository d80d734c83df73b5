#include <stint/check_tables.hpp>

#include <stint/extension/engine.hpp>

namespace stint {

std::vector<table_difference> table_differences(database& db, std::vector<table_definition> const& tables) {
    return db.lend()->compare(tables, deadline::none());
}

void check_tables(database& db, std::vector<table_definition> const& tables) {
    if (auto found = table_differences(db, tables); !found.empty())
        throw table_mismatch(db.address(), std::string(db.kind().name()), std::move(found));
}

}  // namespace stint
