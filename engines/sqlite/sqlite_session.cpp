#include "sqlite_session.hpp"

#include <algorithm>
#include <random>
#include <system_error>
#include <thread>

#include <stint/error.hpp>
#include <stint/log.hpp>

#include "sqlite_dialect.hpp"
#include "sqlite_errors.hpp"

namespace stint {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds wait_without_deadline = 30s;
constexpr int                       steps_between_looks = 1000;

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
                           connection_error::failure::unreachable, advice::ask_a_person);
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

// Up to 8 ms at first, then the less the longer one has waited, so that those who wait are before those who come; slow
// again for somebody's long transaction.
std::chrono::microseconds until_next_look(int looks) {
    constexpr int                               soon = 3, late = 400;
    thread_local std::minstd_rand               random{std::random_device{}()};
    std::uniform_int_distribution<std::int64_t> between{1'000, 8'000};  // microseconds
    return std::chrono::microseconds{between(random) >> (looks > late ? 0 : std::min(looks, soon))};
}

// Not SQLite's own way of waiting: that looks the less often the longer one has waited, so that newcomers overtake for
// ever.
extern "C" int wait_for_turn(void* wait, int looks) {
    auto& [until, give_up] = *static_cast<sqlite_wait*>(wait);
    if (looks == 0) give_up = until.is_none() ? deadline::after(wait_without_deadline) : until;
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

}  // namespace

sqlite_session::sqlite_session(sqlite_url const& url, live_counters& tally, deadline until)
    : address_(url.address), tally_(tally), session_(open(url)),
      handle_(static_cast<soci::sqlite3_session_backend*>(session_->get_backend())->conn_), is_file_(!url.in_memory()) {
    try {
        set_up(url, until);
    } catch (soci::soci_error const& e) {
        throw_sqlite_open_error(described(code_of(e), {}, until), url.path.string());
    }
    ++tally_.connections;
}

void sqlite_session::set_up(sqlite_url const& url, deadline until) {
    sqlite_api::sqlite3_extended_result_codes(handle_, 1);
    // Else an unknown column in double quotes is read as a text, silently.
    sqlite_api::sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite_api::sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite_api::sqlite3_create_function(handle_, sqlite_dialect::clock_function, 0, SQLITE_UTF8, &clock_reading_,
                                        answer_clock, nullptr, nullptr);
    if (int const code = new_rows_.join(handle_); code != SQLITE_OK)
        throw soci::sqlite3_soci_error(sqlite_api::sqlite3_errmsg(handle_), code);
    sqlite_api::sqlite3_busy_handler(handle_, wait_for_turn, &wait_);
    wait_.until = until;
    *session_ << "PRAGMA foreign_keys = ON";
    if (!url.in_memory() && url.open != sqlite_url::mode::read_only) switch_to_wal(until);
    *session_ << "PRAGMA synchronous = FULL";
}

// Switching needs the file alone. SQLite answers BUSY at once where waiting could deadlock, as between processes that
// open a new file together.
void sqlite_session::switch_to_wal(deadline until) {
    auto const  give_up = until.is_none() ? deadline::after(wait_without_deadline) : until;
    std::string mode;
    while (true) {
        try {
            *session_ << "PRAGMA journal_mode", soci::into(mode);
            if (mode != "wal") *session_ << "PRAGMA journal_mode = WAL", soci::into(mode);
            break;
        } catch (soci::sqlite3_soci_error const& e) {
            if ((e.result() & 0xff) != SQLITE_BUSY || give_up.has_passed()) throw;
            std::this_thread::sleep_for(5ms);
        }
    }
    if (mode != "wal")
        logger()->warn("{} keeps journal mode {}: write-ahead logging isn't possible there", address_, mode);
}

void sqlite_session::check_not_passed(deadline until) const {
    if (until.has_passed())
        throw deadline_exceeded(address_ + " was not asked: the deadline had passed before; allow more time",
                                {.engine = "sqlite"});
}

void sqlite_session::limit(deadline until) {
    check_not_passed(until);
    wait_.until = until;
    bool const looking = !limited_.is_none();
    limited_ = until;
    if (looking != !until.is_none())
        sqlite_api::sqlite3_progress_handler(handle_, until.is_none() ? 0 : steps_between_looks, stop_at_deadline,
                                             &limited_);
}

bool sqlite_session::in_transaction() noexcept {
    return sqlite_api::sqlite3_get_autocommit(handle_) == 0;
}

std::uint64_t sqlite_session::all_changes() noexcept {
    return static_cast<std::uint64_t>(sqlite_api::sqlite3_total_changes(handle_));
}

// PRAGMA database_list, kept prepared, wouldn't list what is attached later.
std::vector<sqlite_schema> sqlite_session::schemas() {
    std::vector<sqlite_schema> found;
    for (int i = 0; auto const* const name = sqlite_api::sqlite3_db_name(handle_, i); ++i) {
        auto const* const file = sqlite_api::sqlite3_db_filename(handle_, name);
        if (file != nullptr) found.push_back({.name = name, .file = file});
    }
    return found;
}

template <typename Statement, typename Make>
std::shared_ptr<Statement> sqlite_session::kept(kept_statements<Statement>& in, std::string_view sql, deadline until,
                                                Make make) {
    if (auto* const known = in.find(sql)) return *known;
    try {
        ++tally_.prepared;
        auto result = in.keep(std::string(sql), make());
        in.trim();
        return result;
    } catch (soci::soci_error const& e) {
        auto failed = described(code_of(e), sql, until);
        if (failed.code == SQLITE_ERROR) failed.obstacle = obstacle_of(sql, handle_);
        throw_sqlite_error(failed);
    }
}

std::shared_ptr<sqlite_statement> sqlite_session::prepared(std::string_view sql, deadline until) {
    return kept(statements_, sql, until, [&] { return std::make_shared<sqlite_statement>(handle_, sql); });
}

std::shared_ptr<sqlite_insert> sqlite_session::prepared_insert(row_shape const& shape, std::string_view sql,
                                                               deadline until) {
    return kept(inserts_, sql, until, [&] {
        auto const* const table = tables_.known(shape.table);
        return std::make_shared<sqlite_insert>(handle_, shape, sql, table ? table->rowid : std::string_view());
    });
}

bool sqlite_session::can_be_prepared(std::string_view sql) noexcept {
    try {
        sqlite_statement(handle_, sql);
        return true;
    } catch (std::exception const&) {
        return false;
    }
}

sqlite_failure sqlite_session::described(int code, std::string_view sql, deadline until, commits ends) {
    sqlite_failure result{.code = code,
                          .message = sqlite_api::sqlite3_errmsg(handle_),
                          .address = address_,
                          .statement = std::string(sql),
                          .until = until};
    bool const     is_of_system = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
    result.leaves_it_open = leaves_it_open(code, ends);
    if (!is_of_system || result.leaves_it_open) return result;  // SQLite keeps no errno of a COMMIT
    result.system_error = sqlite_api::sqlite3_system_errno(handle_);
    if (result.system_error != 0) result.message += ": " + std::generic_category().message(result.system_error);
    return result;
}

// SQLite prepares a kept statement again by itself when the tables have changed, while it executes it.
void sqlite_session::fail(soci::soci_error const& error, std::string_view sql, deadline until, commits ends) {
    auto failed = described(code_of(error), sql, until, ends);
    if ((failed.code & 0xff) == SQLITE_ERROR) {
        statements_.drop(sql);
        if (!can_be_prepared(sql)) failed.obstacle = obstacle_of(sql, handle_);
    }
    in_doubt_ = in_doubt_ || failed.leaves_it_open;
    throw_sqlite_error(failed);
}

// SQLite takes back in memory what it can't commit. But a write-ahead log keeps the frames that are in it: whoever
// opens the file when nobody else has it open, after a crash, finds the whole of them and recovers it, until somebody
// else's commit has written over them. They are whole when what fails comes behind them: the sync of the log (FSYNC),
// its index that can't grow (SHMSIZE, SHMMAP, NOMEM). Of a write that fails nobody knows how much of it was written;
// but FULL means that it was cut short, and no frame is written behind a whole commit, unless the log is filled up to a
// sector because power may fail in the middle of one.
bool sqlite_session::leaves_it_open(int code, commits ends) noexcept {
    if (ends == commits::nothing || !is_file_) return false;
    bool const is_reading = code == SQLITE_IOERR_READ || code == SQLITE_IOERR_SHORT_READ;
    switch (code & 0xff) {
    case SQLITE_IOERR: return ends == commits::all_before || !is_reading;
    case SQLITE_CORRUPT:
    case SQLITE_NOMEM: return ends == commits::all_before;
    case SQLITE_FULL: break;
    default: return false;
    }
    int sectors_are_safe = -1;  // asks
    sqlite_api::sqlite3_file_control(handle_, "main", SQLITE_FCNTL_POWERSAFE_OVERWRITE, &sectors_are_safe);
    return sectors_are_safe != 1;
}

}  // namespace stint
