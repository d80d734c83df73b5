#include "sqlite_connection.hpp"

#include <algorithm>
#include <random>
#include <thread>

#include <stint/error.hpp>
#include <stint/log.hpp>

#include "sqlite_dialect.hpp"
#include "sqlite_errors.hpp"
#include "sqlite_values.hpp"

namespace stint {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds wait_without_deadline = 30s;
constexpr int                       steps_between_looks = 1000;

sqlite_dialect const spelling;

std::string connect_string(sqlite_url const& url) {
    if (url.in_memory()) return ":memory:";
    auto result = "dbname=\"" + url.path.string() + '"';
    if (url.open == sqlite_url::mode::read_only) result += " readonly=true";
    return result;
}

void check_existence(sqlite_url const& url) {
    std::error_code ignored;
    if (url.open == sqlite_url::mode::create || std::filesystem::exists(url.path, ignored)) return;
    throw connection_error(url.address + " can't be opened: there is no file " + url.path.string() +
                               ", and the URL's mode makes no new one: check the URL",
                           {.engine = "sqlite", .code = std::to_string(SQLITE_CANTOPEN)},
                           connection_error::kind::unreachable, advice::ask_a_person);
}

std::unique_ptr<soci::session> open(sqlite_url const& url) {
    check_existence(url);
    try {
        return std::make_unique<soci::session>(soci::sqlite3, connect_string(url));
    } catch (soci::sqlite3_soci_error const& e) {
        throw_sqlite_open_error(
            {.code = e.result(), .message = sqlite_api::sqlite3_errstr(e.result()), .address = url.address},
            url.path.string());
    }
}

int code_of(soci::soci_error const& error) noexcept {
    auto const* const of_sqlite = dynamic_cast<soci::sqlite3_soci_error const*>(&error);
    return of_sqlite ? of_sqlite->result() : SQLITE_ERROR;
}

// Up to 8 ms at first, then the less the longer one has waited, so that whoever waits is before those who come; slow again for
// somebody's long transaction.
std::chrono::microseconds until_next_look(int looks) {
    constexpr int                               soon = 3, late = 400;
    thread_local std::minstd_rand               random{std::random_device{}()};
    std::uniform_int_distribution<std::int64_t> between{1'000, 8'000};  // microseconds
    return std::chrono::microseconds{between(random) >> (looks > late ? 0 : std::min(looks, soon))};
}

// Not SQLite's own way of waiting: that looks the less often the longer one has waited, so that newcomers overtake for ever.
extern "C" int wait_for_turn(void* until, int looks) {
    auto const& give_up = *static_cast<deadline const*>(until);
    if (give_up.has_passed()) return 0;
    std::this_thread::sleep_for(std::min<deadline::clock::duration>(until_next_look(looks), give_up.left()));
    return 1;
}

extern "C" int stop_at_deadline(void* until) {
    return static_cast<deadline const*>(until)->has_passed() ? 1 : 0;
}

extern "C" void answer_clock(sqlite_api::sqlite3_context* context, int, sqlite_api::sqlite3_value**) {
    auto& reading = *static_cast<std::optional<std::int64_t>*>(sqlite_api::sqlite3_user_data(context));
    if (!reading) {
        auto const now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
        reading = now.time_since_epoch().count();
    }
    sqlite_api::sqlite3_result_int64(context, *reading);
}

// Rows left unread would keep a read transaction, and other connections from writing.
class reset_at_end {
public:
    explicit reset_at_end(soci::sqlite3_statement_backend& statement) : statement_(statement) {}
    reset_at_end(reset_at_end const&) = delete;
    reset_at_end& operator=(reset_at_end const&) = delete;
    ~reset_at_end() { sqlite_api::sqlite3_reset(statement_.stmt_); }

private:
    soci::sqlite3_statement_backend& statement_;
};

}  // namespace

sqlite_connection::sqlite_connection(sqlite_url const& url, std::shared_ptr<live_counters> counters, deadline until)
    : soci_connection(spelling, open(url), std::move(counters)), address_(url.address) {
    try {
        set_up(url, until);
    } catch (soci::soci_error const& e) {
        throw_sqlite_open_error(
            {.code = code_of(e), .message = sqlite_api::sqlite3_errmsg(handle()), .address = address_, .until = until},
            url.path.string());
    }
}

void sqlite_connection::set_up(sqlite_url const& url, deadline until) {
    sqlite_api::sqlite3_extended_result_codes(handle(), 1);
    // Else an unknown column in double quotes is read as a text, silently.
    sqlite_api::sqlite3_db_config(handle(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite_api::sqlite3_db_config(handle(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite_api::sqlite3_create_function(handle(), sqlite_dialect::clock_function, 0, SQLITE_UTF8, &clock_reading_,
                                        answer_clock, nullptr, nullptr);
    sqlite_api::sqlite3_busy_handler(handle(), wait_for_turn, &busy_until_);
    be_busy_until(until);
    session() << "PRAGMA foreign_keys = ON";
    if (!url.in_memory() && url.open != sqlite_url::mode::read_only) switch_to_wal(until);
    session() << "PRAGMA synchronous = FULL";
}

// Switching needs the file alone. SQLite answers BUSY at once where waiting could deadlock, as between processes that
// open a new file together.
void sqlite_connection::switch_to_wal(deadline until) {
    auto const  give_up = until.is_none() ? deadline::after(wait_without_deadline) : until;
    std::string mode;
    while (true) {
        try {
            session() << "PRAGMA journal_mode", soci::into(mode);
            if (mode != "wal") session() << "PRAGMA journal_mode = WAL", soci::into(mode);
            break;
        } catch (soci::sqlite3_soci_error const& e) {
            if ((e.result() & 0xff) != SQLITE_BUSY || give_up.has_passed()) throw;
            std::this_thread::sleep_for(5ms);
        }
    }
    if (mode != "wal")
        logger()->warn("{} keeps journal mode {}: write-ahead logging isn't possible there", address_, mode);
}

void sqlite_connection::be_busy_until(deadline until) noexcept {
    busy_until_ = until.is_none() ? deadline::after(wait_without_deadline) : until;
}

void sqlite_connection::limit(deadline until) {
    if (until.has_passed())
        throw deadline_exceeded(address_ + " was not asked: the deadline had passed before; allow more time",
                                {.engine = "sqlite"});
    be_busy_until(until);
    bool const looking = !limited_.is_none();
    limited_ = until;
    if (looking != !until.is_none())
        sqlite_api::sqlite3_progress_handler(handle(), until.is_none() ? 0 : steps_between_looks, stop_at_deadline,
                                             &limited_);
}

bool sqlite_connection::in_transaction() noexcept {
    return sqlite_api::sqlite3_get_autocommit(handle()) == 0;
}

// A transaction that reads first and writes later can fail in between, whatever the busy timeout.
void sqlite_connection::send_begin(isolation, deadline until) {
    run("BEGIN IMMEDIATE", {}, {}, nullptr, until);
}

void sqlite_connection::send_commit(deadline until) {
    run("COMMIT", {}, {}, nullptr, until);
}

void sqlite_connection::send_rollback() {
    run("ROLLBACK", {}, {}, nullptr, deadline::none());
}

// SQLite prepares the first statement of a text, and SOCI does not say that there are more.
void sqlite_connection::check_prepared(prepared_statement& statement, std::string_view sql) {
    auto const* const prepared = sqlite_api::sqlite3_sql(statement.backend<soci::sqlite3_statement_backend>().stmt_);
    auto const        rest = prepared ? sql.substr(std::string_view(prepared).size()) : sql;
    if (rest.find_first_not_of(" \t\r\n;") != std::string_view::npos)
        throw usage_error("one SQL statement is expected, not: " + std::string(sql));
}

std::size_t sqlite_connection::parameters_of(prepared_statement& statement) {
    auto* const prepared = statement.backend<soci::sqlite3_statement_backend>().stmt_;
    return static_cast<std::size_t>(sqlite_api::sqlite3_bind_parameter_count(prepared));
}

void sqlite_connection::encode(value const& from, soci_parameter& to) const {
    to_sqlite(from, to);
}

std::uint64_t sqlite_connection::execute(prepared_statement& statement, std::span<column_type const> types,
                                         row_sink const* sink) {
    auto&              backend = statement.backend<soci::sqlite3_statement_backend>();
    auto const         reset = reset_at_end(backend);
    auto const         before = sqlite_api::sqlite3_total_changes(handle());
    std::vector<value> row(types.size());
    clock_reading_.reset();
    for (bool there = statement.execute(); there;
         there = backend.fetch(1) == soci::details::statement_backend::ef_success) {
        ++counted().rows_read;
        if (!sink) continue;
        for (std::size_t i = 0; i < row.size(); ++i) row[i] = from_sqlite(backend.stmt_, static_cast<int>(i), types[i]);
        (*sink)(row);
    }
    // sqlite3_changes keeps the number of an earlier statement when this one changes nothing.
    if (sqlite_api::sqlite3_total_changes(handle()) == before) return 0;
    return static_cast<std::uint64_t>(sqlite_api::sqlite3_changes(handle()));
}

bool sqlite_connection::can_be_prepared(std::string_view sql) noexcept {
    sqlite_api::sqlite3_stmt* statement = nullptr;
    int const code = sqlite_api::sqlite3_prepare_v2(handle(), sql.data(), static_cast<int>(sql.size()), &statement,
                                                    nullptr);
    sqlite_api::sqlite3_finalize(statement);
    return code == SQLITE_OK;
}

// SQLite prepares a kept statement again by itself when the tables have changed, while it executes it.
void sqlite_connection::translate(soci::soci_error const& error, failure const& where) {
    sqlite_failure failed{.code = code_of(error),
                          .message = sqlite_api::sqlite3_errmsg(handle()),
                          .address = address_,
                          .statement = std::string(where.sql),
                          .preparing = where.preparing,
                          .until = where.until};
    if ((failed.code & 0xff) == SQLITE_ERROR && !failed.preparing) {
        drop_statement(where.sql);
        failed.preparing = !can_be_prepared(where.sql);
    }
    throw_sqlite_error(failed);
}

sqlite_api::sqlite3* sqlite_connection::handle() noexcept {
    return static_cast<soci::sqlite3_session_backend*>(session().get_backend())->conn_;
}

}  // namespace stint
