#include "by_hand/sqlite_link.hpp"

#include <stdexcept>

namespace bench {

sqlite_statement::sqlite_statement(sqlite_link& link, std::string_view sql)
    : link_(&link), statement_(nullptr, &sqlite3_finalize) {
    sqlite3_stmt* made = nullptr;
    link.check(sqlite3_prepare_v3(link.file_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                  &made, nullptr));
    statement_.reset(made);
}

sqlite_statement& sqlite_statement::bind(int place, std::int64_t number) {
    link_->check(sqlite3_bind_int64(statement_.get(), place, number));
    return *this;
}

sqlite_statement& sqlite_statement::bind(int place, std::string const& text) {
    link_->check(sqlite3_bind_text(statement_.get(), place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC));
    return *this;
}

bool sqlite_statement::step() {
    auto const code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    link_->check(code == SQLITE_DONE ? SQLITE_OK : code);
    link_->check(sqlite3_reset(statement_.get()));
    return false;
}

std::string sqlite_statement::text(int column) const {
    auto const* const characters = reinterpret_cast<char const*>(sqlite3_column_text(statement_.get(), column));
    return {characters, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t sqlite_statement::run() {
    if (!step()) return 0;
    auto const answer = number(0);
    while (step()) {}
    return answer;
}

sqlite_link::sqlite_link(std::string const& path, locking each_call) {
    sqlite3*   file = nullptr;
    auto const flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                       (each_call == locking::none ? SQLITE_OPEN_NOMUTEX : 0);
    auto const code = sqlite3_open_v2(path.c_str(), &file, flags, nullptr);
    file_.reset(file);
    check(code);
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 30000");
}

void sqlite_link::run(std::string const& script) {
    check(sqlite3_exec(file_.get(), script.c_str(), nullptr, nullptr, nullptr));
}

void sqlite_link::check(int code) const {
    if (code != SQLITE_OK) throw std::runtime_error(std::string("by hand: ") + sqlite3_errmsg(file_.get()));
}

}  // namespace bench
