#include <stint/transaction.hpp>

#include <exception>

#include <stint/log.hpp>

namespace stint {

transaction::transaction(connection& link, isolation level, deadline until) : link_(link), until_(until) {
    link_.begin(level, until_);
}

transaction::~transaction() {
    if (!open_) return;
    try {
        link_.rollback();
    } catch (std::exception const& e) {
        logger()->warn("a transaction that was left without commit could not be rolled back: {}", e.what());
    }
}

void transaction::commit() {
    open_ = false;  // commit() itself leaves no transaction open, also when it throws
    link_.commit(until_);
}

void transaction::rollback() {
    open_ = false;
    link_.rollback();
}

void execute_together(connection& link, std::span<std::string const> statements, deadline until) {
    transaction work{link, isolation::read_committed, until};
    for (auto const& sql : statements) link.execute(sql, until);
    work.commit();
}

}  // namespace stint
