#include <stint/create_tables.hpp>

#include <stint/extension/engine.hpp>
#include <stint/transaction.hpp>

namespace stint {

void create_tables(database& db, std::vector<table_definition> const& tables) {
    execute_together(*db.lend(), db.kind().create_tables(tables));
}

void drop_tables(database& db, std::vector<table_definition> const& tables) {
    execute_together(*db.lend(), db.kind().drop_tables(tables));
}

std::string create_tables_sql(database const& db, std::vector<table_definition> const& tables) {
    std::string script;
    for (auto const& sql : db.kind().create_tables(tables)) script += sql + ";\n";
    return script;
}

}  // namespace stint
