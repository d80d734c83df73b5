#include "sqlite_flush.hpp"

#include <memory>
#include <mutex>
#include <vector>

#include <stint/log.hpp>

#include "../row_by_row.hpp"

namespace stint {
namespace {

bool has_scale(value const& v, int scale) noexcept {
    auto const* const number = std::get_if<decimal>(&v);
    return number != nullptr && number->scale() == scale;
}

class sqlite_runner final : public row_runner {
public:
    sqlite_runner(sqlite_session& session, sqlite_dialect const& spelling, batch_in_hand const& work, deadline until)
        : session_(session), spelling_(spelling), work_(work), until_(until), tally_(session.tally()),
          writes_(work.batch.shapes().size()), checks_(work.batch.shapes().size()) {}

    std::uint64_t write(std::size_t shape, write_batch::row const& row, std::vector<value>& returned) override;
    found_row     look(std::size_t shape, write_batch::row const& row, std::optional<row_lock> lock) override;
    void          skip_taken_keys(row_shape const&) override {}  // SQLite gives none

private:
    struct prepared_row {
        row_statement                     text{};
        std::shared_ptr<sqlite_statement> statement{};  // held: the session keeps so many and no more
    };

    prepared_row& write_statement(std::size_t shape);
    prepared_row& check_statement(std::size_t shape);
    prepared_row& prepare(prepared_row& into, row_statement text);
    void          bind(prepared_row& to, write_batch::row const& row);
    void          bind(sqlite_statement& to, std::size_t parameter, value const& v, column const& where);
    template <typename Sink>
    void run(prepared_row& what, write_batch::row const& row, Sink const& sink);

    sqlite_session&           session_;
    sqlite_dialect const&     spelling_;
    batch_in_hand const&      work_;
    deadline                  until_;
    live_counters&            tally_;
    std::vector<prepared_row> writes_, checks_;  // by shape
};

std::uint64_t sqlite_runner::write(std::size_t shape, write_batch::row const& row, std::vector<value>& returned) {
    auto&         what = write_statement(shape);
    auto const&   types = what.text.types;
    std::uint64_t rows = 0;
    run(what, row, [&] {
        returned.clear();
        for (std::size_t i = 0; i < types.size(); ++i) returned.push_back(what.statement->read(i, types[i]));
        ++rows;
    });
    auto const written = static_cast<std::uint64_t>(session_.changes());
    tally_.rows_written += written;
    return types.empty() ? written : rows;
}

found_row sqlite_runner::look(std::size_t shape, write_batch::row const& row, std::optional<row_lock>) {
    auto&       what = check_statement(shape);
    auto const& types = what.text.types;
    auto const  conditions = row.shape.conditions.size();
    found_row   found;
    run(what, row, [&] {
        found.there = true;
        for (std::size_t i = 0; i < conditions; ++i)
            found.holds = found.holds && what.statement->read(i, types[i]) == value(true);
        for (std::size_t i = conditions; i < conditions + row.shape.report.size(); ++i)
            found.report.push_back(what.statement->read(i, types[i]));
    });
    return found;
}

template <typename Sink>
void sqlite_runner::run(prepared_row& what, write_batch::row const& row, Sink const& sink) {
    session_.check_not_passed(until_);
    auto const reset = reset_at_end(*what.statement);
    try {
        bind(what, row);
        ++tally_.statements;
        session_.forget_clock();
        for (; what.statement->step(); ++tally_.rows_read) sink();
    } catch (soci::soci_error const& e) {
        session_.fail(e, what.text.sql, until_);
    }
}

void sqlite_runner::bind(prepared_row& to, write_batch::row const& row) {
    auto const& bindings = to.text.bindings;
    for (std::size_t i = 0; i < bindings.size(); ++i)
        bind(*to.statement, i, work_.given(row, bindings[i]), *bindings[i].where);
}

// A text stays where it is, in the batch; numbers may become others on the way to their column.
void sqlite_runner::bind(sqlite_statement& to, std::size_t parameter, value const& v, column const& where) {
    if (where.type.kind == data_type::numeric && !has_scale(v, where.type.scale)) {
        to.bind(parameter, stored(v, where));
    } else {
        check_type(v, where);
        to.bind(parameter, v);
    }
}

sqlite_runner::prepared_row& sqlite_runner::write_statement(std::size_t shape) {
    auto& known = writes_[shape];
    return known.statement ? known : prepare(known, write_sql(work_.batch.shapes()[shape], spelling_));
}

sqlite_runner::prepared_row& sqlite_runner::check_statement(std::size_t shape) {
    auto& known = checks_[shape];
    return known.statement ? known : prepare(known, check_sql(work_.batch.shapes()[shape], {}, spelling_));
}

sqlite_runner::prepared_row& sqlite_runner::prepare(prepared_row& into, row_statement text) {
    into.text = std::move(text);
    logger()->trace("{}", into.text.sql);
    into.statement = session_.prepared(into.text.sql, until_);
    return into;
}

}  // namespace

flush_outcome run_on_sqlite(connection& on, sqlite_session& session, sqlite_dialect const& spelling,
                            write_batch const& batch, deadline until) {
    if (batch.empty()) return flush_done{};
    log_flush(batch);
    auto const hold = std::lock_guard(session);
    auto       work = batch_in_hand(batch);
    auto       runner = sqlite_runner(session, spelling, work, until);
    return run_row_by_row(on, spelling, work, runner, until);
}

}  // namespace stint
