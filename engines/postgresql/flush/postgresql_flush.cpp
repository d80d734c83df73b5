#include "postgresql_flush.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <chrono>
#include <random>

#include <stint/error.hpp>
#include <stint/log.hpp>

#include "locking_pass.hpp"
#include "postgresql_errors.hpp"
#include "sql.hpp"
#include "table_check.hpp"

namespace stint {
namespace {

// Readable in the server's log; nobody else can have said the number.
std::string new_token() {
    thread_local std::mt19937_64 random{[] {
        std::random_device device;
        std::seed_seq      seed{device(), device(), device(), device()};
        return std::mt19937_64{seed};
    }()};
    std::array<char, 20>         buffer;
    std::string                  token = "stint refused this flush: ";
    token.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), random(), 16).ptr);
    return token + ' ';
}

}  // namespace

postgresql_flush::postgresql_flush(flush_tools tools, write_batch const& batch, deadline until)
    : tools_(std::move(tools)), batch_(batch), until_(until), script_(make_flush_script(batch)),
      parameters_(batch, script_, new_token()), answers_(batch), locked_(tools_.session.tally()),
      had_kept_statements_(!tools_.statements.is_empty()) {}

std::optional<flush_outcome> postgresql_flush::run() {
    if (script_.rows_depend_on_each_other) return {};
    tools_.statements.make_room();
    learn_tables();
    check_tables();
    if (!keys_can_be_told()) return {};
    switch (attempt()) {
    case flush_ending::committed:
        for (auto const& step : script_.writes) tools_.session.tally().rows_written += step.rows.size();
        return std::move(answers_).done();
    case flush_ending::refused: return std::move(answers_).refused();
    case flush_ending::short_of_rows:
        if (failure_.is_new_row_of_view(tools_.tables)) refuse_key_of_view(failure_.shape(), "postgresql");
        return {};
    case flush_ending::not_unique:
    case flush_ending::unclear: return {};
    case flush_ending::outdated: return postgresql_flush(tools_, batch_, until_).run();
    case flush_ending::failed: fail_after_rolling_back();
    case flush_ending::in_doubt: break;
    }
    if (unreadable_) return flush_in_doubt{unreadable_};
    try {
        fail(true);
    } catch (connection_error const&) {
        return flush_in_doubt{std::current_exception()};
    }
}

// Sets need what the server knows of the columns, and a column that would round a value says nothing by itself.
void postgresql_flush::learn_tables() {
    tools_.tables.learn(tools_.itself, tables_of(batch_), until_);
}

// Before it refuses it asks anew: the tables may have been mended since, and a flush that isn't sent would never
// notice.
void postgresql_flush::check_tables() {
    auto const found = [this] {
        return misfits(batch_, [this](std::string_view table) { return tools_.tables.find(table); }, tools_.spelling);
    };
    if (found().empty()) return;
    tools_.tables.forget();
    learn_tables();
    if (auto still = found(); !still.empty())
        throw table_mismatch(tools_.session.address(), "postgresql", std::move(still));
}

// Those of a set are drawn; those that are kept for others must be numbers.
bool postgresql_flush::keys_can_be_told() const {
    return std::ranges::all_of(script_.writes, [&](flush_step const& step) {
        auto const& shape = batch_.shapes()[step.shape];
        if (shape.key_given) return true;
        auto const& key = shape.key.front();
        if (step.form.as_set) return tools_.tables.new_key(shape.table, key.name) != nullptr;
        return !step.form.referred || key.type.kind == data_type::integer;
    });
}

flush_ending postgresql_flush::attempt() {
    auto const ending = send_and_judge();
    if (committed_) leave_transaction();
    if (ending == flush_ending::committed || ending == flush_ending::in_doubt) return ending;
    bool const may_be_refused = ending == flush_ending::refused || ending == flush_ending::short_of_rows;
    if (!roll_back(may_be_refused ? not_judged() : std::vector<std::size_t>{})) return flush_ending::unclear;
    if (ending == flush_ending::not_unique)  // a taken key is stepped over by the portable executor
        return failure_.is_of_key(tools_.itself, time_for_rolling_back()) ? flush_ending::unclear
                                                                          : flush_ending::failed;
    return ending == flush_ending::short_of_rows && answers_.has_refusals() ? flush_ending::refused : ending;
}

flush_ending postgresql_flush::send_and_judge() {
    auto line = std::make_optional<postgresql_pipeline>(tools_.session.handle(), until_, tools_.session.tally());
    try {
        send_all(*line);
        line->finish();
        locked_.start(line->left_at());
        note_end_of_locks();
        unreadable_ = line->take_thrown();
        if (committed_) tend_plans(*line);
        return judge(*line);
    } catch (...) {
        bool const lost = line->connection_lost();
        unreadable_ = std::current_exception();
        if (committed_) return flush_ending::in_doubt;
        locked_.start(line->left_at());
        line.reset();
        if (!lost) roll_back({});
        throw;
    }
}

// Sending.

void postgresql_flush::send_all(postgresql_pipeline& line) {
    auto& statements = tools_.statements;
    for (auto const& name : statements.take_unused()) send_once(line, "DEALLOCATE " + name);
    send(line, statements.begin);
    send_steps(line, script_.checks);
    if (script_.can_refuse) send(line, statements.stop_if_refused, {flush_purpose::stop});
    send_steps(line, script_.writes, flush_purpose::write);
    check_not_stopped(line);
    auto plans = plans_.commands();
    send(line, statements.commit, {flush_purpose::commit}, {}, [this](postgresql_pipeline::result_ptr result) {
        committed_ = std::string_view(PQcmdStatus(result.get())) == "COMMIT";
        ended_at_ = lock_time::clock::now();
    });
    commit_sent_ = !line.connection_lost();
    if (plans.empty()) return;
    send(line, statements.begin);
    for (auto& sql : plans) send_once(line, std::move(sql));
}

void postgresql_flush::send_once(postgresql_pipeline& line, std::string sql) {
    send(line, once_.emplace_back(pipeline_statement{.sql = std::move(sql)}));
}

void postgresql_flush::send(postgresql_pipeline& line, pipeline_statement& statement, sent_statement noted,
                            std::span<postgresql_pipeline::parameter const> parameters,
                            postgresql_pipeline::receiver                   received) {
    sent_.push_back(noted);
    [[maybe_unused]] auto const place = line.send(statement, parameters, std::move(received));
    assert(place + 1 == sent_.size() && "what was sent is noted by its place");
}

void postgresql_flush::send_steps(postgresql_pipeline& line, std::span<flush_step const> steps, flush_purpose purpose) {
    for (auto const& step : steps) {
        check_not_stopped(line);
        auto const& shape = batch_.shapes()[step.shape];
        auto&       kept = tools_.statements.get(
            shape, step.form, [&] { return render_flush(shape, step.form, tools_.tables, tools_.spelling); });
        plans_.note_use(kept);
        send(line, kept.statement, {purpose, step.shape, &step}, parameters_.texts_of(step, kept.sql),
             [this, &step, &sql = kept.sql](postgresql_pipeline::result_ptr result) {
                 answers_.take(step, sql, *result);
             });
    }
}

// Behind a COMMIT. What fails here is no failure of the flush.
void postgresql_flush::tend_plans(postgresql_pipeline& line) {
    bool const serve_badly = plans_.serve_badly(batch_.size(), ended_at_ - line.left_at());
    plans_.note_made();
    if (serve_badly) tools_.statements.forget_plans();
    if (auto const failed = line.take_failure())
        logger()->debug("postgresql: statements could not be planned: {}",
                        error_field(failed->result.get(), PG_DIAG_MESSAGE_PRIMARY));
}

// Planning has failed, and left its transaction open.
void postgresql_flush::leave_transaction() noexcept {
    if (!in_transaction() || PQstatus(tools_.session.handle()) != CONNECTION_OK) return;
    try {
        tools_.session.command(flush_commands::rollback, time_for_rolling_back());
    } catch (std::exception const& e) {  // the connection is not lent again
        logger()->warn("postgresql: {}", e.what());
    }
}

void postgresql_flush::check_not_stopped(postgresql_pipeline const& line) const {
    if (line.was_asked_to_stop() && !line.connection_lost())
        throw deadline_exceeded(
            tools_.session.address() +
                ": the deadline passed while a flush was sent: nothing was written; allow more time",
            {.engine = "postgresql"});
}

// Judging.

flush_ending postgresql_flush::judge(postgresql_pipeline& line) {
    if (committed_) return unreadable_ ? flush_ending::in_doubt : flush_ending::committed;
    failure_.note(line.take_failure(), sent_);
    if (!line.connection_lost()) {
        if (unreadable_ && !failure_) std::rethrow_exception(unreadable_);
        return judge_failure();
    }
    if (failure_.is_before_commit() || !commit_sent_) fail(true);
    return flush_ending::in_doubt;
}

flush_ending postgresql_flush::judge_failure() {
    auto const ending = failure_.judge(had_kept_statements_);
    if (ending == flush_ending::outdated) forget(failure_.code());
    return ending;
}

void postgresql_flush::fail_after_rolling_back() const {
    try {
        fail(false);
    } catch (constraint_violation& refused) {
        failure_.tell_subject(tools_.itself, refused);
        throw;
    }
}

// After an error.

std::vector<std::size_t> postgresql_flush::not_judged() const {
    std::vector<bool> judged(batch_.size(), false);
    for (auto const& step : script_.checks) {
        if (step.form.task != flush_task::check) continue;
        for (auto const row : step.rows) judged[row] = true;
    }
    auto rows = independent_rows(batch_);
    std::erase_if(rows, [&](std::size_t row) { return judged[row]; });
    return rows;
}

bool postgresql_flush::roll_back(std::vector<std::size_t> const& unjudged) {
    auto const looks = make_looks(batch_, unjudged, script_.has_sets);
    auto       failed = look(looks);
    if (failed && in_transaction()) failed = look(looks);  // a late request to stop has met the ROLLBACK
    if (in_transaction()) fail(true);
    if (!failed) return true;
    forget(error_field(failed->result.get(), PG_DIAG_SQLSTATE));
    learn_tables();
    return !look(looks);
}

deadline postgresql_flush::time_for_rolling_back() const noexcept {
    return until_.left() < time_to_roll_back ? deadline::after(time_to_roll_back) : until_;
}

bool postgresql_flush::in_transaction() const noexcept {
    return PQtransactionStatus(tools_.session.handle()) != PQTRANS_IDLE;
}

void postgresql_flush::note_end_of_locks() noexcept {
    if (committed_) {
        locked_.stop(ended_at_);
    } else if (!in_transaction()) {
        locked_.stop();
    }
}

std::optional<postgresql_pipeline::failed_statement> postgresql_flush::look(std::span<flush_step const> looks) {
    if (looks.empty() && !in_transaction()) return {};
    auto const until = time_for_rolling_back();
    bool const rolls_back = in_transaction();
    auto       line = postgresql_pipeline(tools_.session.handle(), until, tools_.session.tally());
    sent_.clear();
    if (rolls_back) send_once(line, flush_commands::rollback);
    send_steps(line, looks);
    line.finish();
    note_end_of_locks();
    auto failed = line.take_failure();
    if (auto const thrown = line.take_thrown()) std::rethrow_exception(thrown);
    if (!line.connection_lost()) return failed;
    failure_.note(std::move(failed), sent_);
    fail(true);
}

void postgresql_flush::forget(std::string_view code) {
    tools_.tables.forget();
    if (code == lost_statement) {
        tools_.statements.forget_lost();
    } else {
        tools_.statements.forget();
    }
}

}  // namespace stint
