#include "sqlite_flush.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <stint/log.hpp>

#include "row_by_row.hpp"
#include "sqlite_values.hpp"
#include "table_check.hpp"

namespace stint {
namespace {

/// Of a failed insert of many rows: whether one of the rows may be to blame, and which can be found out row by row.
bool is_about_a_row(soci::soci_error const& error) noexcept {
    auto const* const of_sqlite = dynamic_cast<soci::sqlite3_soci_error const*>(&error);
    if (of_sqlite == nullptr) return false;
    int const code = of_sqlite->result() & 0xff;
    return code == SQLITE_CONSTRAINT || code == SQLITE_ERROR || code == SQLITE_MISMATCH || code == SQLITE_TOOBIG;
}

class sqlite_runner final : public row_runner {
public:
    sqlite_runner(sqlite_session& session, sqlite_dialect const& spelling, batch_in_hand const& work, deadline until)
        : session_(session), spelling_(spelling), work_(work), until_(until), tally_(session.tally()),
          writes_(work.batch.shapes().size()), checks_(work.batch.shapes().size()),
          inserts_(work.batch.shapes().size()) {}

    std::uint64_t write(std::size_t shape, write_batch::row const& row, std::vector<value>& returned) override;
    found_row     look(std::size_t shape, write_batch::row const& row, std::optional<row_lock> lock) override;
    void          skip_taken_keys(row_shape const&) override {}  // SQLite gives none
    bool          writes_together(std::size_t shape) override;
    bool          write_together(std::size_t first, std::span<std::vector<value>> returned) override;

private:
    struct prepared_row {
        row_statement                     text{};
        std::shared_ptr<sqlite_statement> statement{};  // held: the session keeps so many and no more
    };

    struct prepared_insert {
        row_statement                  text{};
        std::shared_ptr<sqlite_insert> statement{};
    };

    prepared_row& write_statement(std::size_t shape);
    prepared_row& check_statement(std::size_t shape);
    prepared_row& prepare(prepared_row& prepared, row_statement text);
    void          check_tables();
    void          bind(prepared_row& prepared, write_batch::row const& row);
    template <typename Sink>
    void run(prepared_row& prepared, write_batch::row const& row, Sink const& sink);
    /// Returns the first key, if the keys are certain.
    std::optional<std::int64_t> insert(new_rows const& rows, prepared_insert& prepared);

    sqlite_session&                             session_;
    sqlite_dialect const&                       spelling_;
    batch_in_hand const&                        work_;
    deadline                                    until_;
    live_counters&                              tally_;
    std::vector<prepared_row>                   writes_, checks_;  // by shape
    std::vector<std::optional<prepared_insert>> inserts_;
    bool                                        checked_ = false;  // the tables, before the first statement
};

std::uint64_t sqlite_runner::write(std::size_t shape, write_batch::row const& row, std::vector<value>& returned) {
    auto&         prepared = write_statement(shape);
    auto const&   types = prepared.text.types;
    std::uint64_t rows = 0;
    run(prepared, row, [&] {
        returned.clear();
        for (std::size_t i = 0; i < types.size(); ++i) returned.push_back(prepared.statement->read(i, types[i]));
        ++rows;
    });
    auto const written = static_cast<std::uint64_t>(session_.changes());
    tally_.rows_written += written;
    return types.empty() ? written : rows;
}

found_row sqlite_runner::look(std::size_t shape, write_batch::row const& row, std::optional<row_lock>) {
    auto&       prepared = check_statement(shape);
    auto const& types = prepared.text.types;
    auto const  conditions = row.shape.conditions.size();
    found_row   found;
    run(prepared, row, [&] {
        found.exists = true;
        for (std::size_t i = 0; i < conditions; ++i)
            found.holds = found.holds && prepared.statement->read(i, types[i]) == value(true);
        for (std::size_t i = conditions; i < conditions + row.shape.report.size(); ++i)
            found.report.push_back(prepared.statement->read(i, types[i]));
    });
    return found;
}

bool sqlite_runner::writes_together(std::size_t shape) {
    auto const& described = work_.batch.shapes()[shape];
    auto&       known = inserts_[shape];
    if (known) return known->statement != nullptr;
    check_tables();
    known.emplace();
    if (!can_be_inserted_together(described)) return false;
    known->text = insert_together_sql(described, spelling_);
    logger()->trace("{}", known->text.sql);
    auto statement = session_.prepared_insert(described, known->text.sql, until_);
    if (statement->knows_keys()) known->statement = std::move(statement);
    return known->statement != nullptr;
}

bool sqlite_runner::write_together(std::size_t first, std::span<std::vector<value>> returned) {
    auto const& shape = work_.batch[first].shape;
    auto&       prepared = *inserts_[work_.batch.shape_of(first)];
    auto const  first_key = insert({&work_, first, returned.size(), prepared.text.bindings}, prepared);
    if (prepared.statement->is_outdated()) session_.forget_insert(prepared.text.sql);
    if (!first_key || !is_in_key_range(*first_key)) return false;
    tally_.rows_written += returned.size();
    auto key = *first_key;
    for (auto& row : returned) {
        row.assign(shape.returning.size(), std::int64_t{1});  // versions
        row.front() = key++;
    }
    return true;
}

std::optional<std::int64_t> sqlite_runner::insert(new_rows const& rows, prepared_insert& prepared) {
    session_.check_not_passed(until_);
    ++tally_.statements;
    try {
        auto const held = held_rows(session_.new_rows(), rows);
        return prepared.statement->run(static_cast<int>(rows.count));
    } catch (soci::soci_error const& e) {
        if (session_.new_rows().has_failed() || is_about_a_row(e)) return {};
        session_.fail(e, prepared.text.sql, until_);
    }
}

template <typename Sink>
void sqlite_runner::run(prepared_row& prepared, write_batch::row const& row, Sink const& sink) {
    session_.check_not_passed(until_);
    auto const reset = reset_at_end(*prepared.statement);
    try {
        bind(prepared, row);
        ++tally_.statements;
        session_.forget_clock();
        for (; prepared.statement->step(); ++tally_.rows_read) sink();
    } catch (soci::soci_error const& e) {
        session_.fail(e, prepared.text.sql, until_);
    }
}

void sqlite_runner::bind(prepared_row& prepared, write_batch::row const& row) {
    auto const& bindings = prepared.text.bindings;
    for (std::size_t i = 0; i < bindings.size(); ++i)
        in_form_of(work_.given(row, bindings[i]), *bindings[i].column,
                   [&](value const& v) { prepared.statement->bind(i, v); });
}

sqlite_runner::prepared_row& sqlite_runner::write_statement(std::size_t shape) {
    auto& known = writes_[shape];
    return known.statement ? known : prepare(known, write_sql(work_.batch.shapes()[shape], spelling_));
}

sqlite_runner::prepared_row& sqlite_runner::check_statement(std::size_t shape) {
    auto& known = checks_[shape];
    return known.statement ? known : prepare(known, check_sql(work_.batch.shapes()[shape], {}, spelling_));
}

// In the transaction: nobody changes tables until its end.
void sqlite_runner::check_tables() {
    if (std::exchange(checked_, true)) return;
    session_.tables().refresh(session_, until_);
    auto const find = [this](std::string_view table) { return session_.tables().find(session_, table, until_); };
    if (auto found = misfits(work_.batch, find, spelling_); !found.empty())
        throw table_mismatch(session_.address(), "sqlite", std::move(found));
}

sqlite_runner::prepared_row& sqlite_runner::prepare(prepared_row& prepared, row_statement text) {
    check_tables();
    prepared.text = std::move(text);
    logger()->trace("{}", prepared.text.sql);
    prepared.statement = session_.prepared(prepared.text.sql, until_);
    return prepared;
}

}  // namespace

flush_outcome run_on_sqlite(connection& db, sqlite_session& session, sqlite_dialect const& spelling,
                            write_batch const& batch, deadline until) {
    if (batch.empty()) return flush_done{};
    log_flush(batch);
    auto const hold = std::lock_guard(session);
    auto       work = batch_in_hand(batch);
    auto       runner = sqlite_runner(session, spelling, work, until);
    return run_row_by_row(db, spelling, work, runner, until);
}

}  // namespace stint
