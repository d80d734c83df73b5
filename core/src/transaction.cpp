#include <stint/transaction.hpp>

#include <exception>

#include <stint/log.hpp>

namespace stint {

transaction::transaction(connection& on, isolation level, deadline until) : on_(on), until_(until) {
    on_.begin(level, until_);
}

transaction::~transaction() {
    if (!open_) return;
    try {
        on_.rollback();
    } catch (std::exception const& e) {
        logger()->warn("a transaction that was left without commit could not be rolled back: {}", e.what());
    }
}

void transaction::commit() {
    open_ = false;  // commit() itself leaves no transaction open, also when it throws
    on_.commit(until_);
}

void transaction::rollback() {
    open_ = false;
    on_.rollback();
}

void execute_together(connection& on, std::span<std::string const> statements, deadline until) {
    transaction all{on, isolation::read_committed, until};
    for (auto const& sql : statements) on.execute(sql, until);
    all.commit();
}

}  // namespace stint
