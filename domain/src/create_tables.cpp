#include <stint/create_tables.hpp>

#include <stint/transaction.hpp>

namespace stint {

namespace {

void run_together(database& db, std::vector<std::string> const& statements) {
    auto        connection = db.lend();
    transaction all{*connection};
    for (auto const& sql : statements) connection->execute(sql, deadline::none());
    all.commit();
}

}  // namespace

void create_tables(database& db, std::vector<table_definition> const& tables) {
    run_together(db, db.kind().create_tables(tables));
}

void drop_tables(database& db, std::vector<table_definition> const& tables) {
    run_together(db, db.kind().drop_tables(tables));
}

std::string create_tables_sql(database const& db, std::vector<table_definition> const& tables) {
    std::string script;
    for (auto const& sql : db.kind().create_tables(tables)) script += sql + ";\n";
    return script;
}

}  // namespace stint
