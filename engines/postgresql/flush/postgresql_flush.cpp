#include "postgresql_flush.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <random>

#include <stint/error.hpp>
#include <stint/log.hpp>

#include "locking_pass.hpp"
#include "postgresql_errors.hpp"
#include "postgresql_rules.hpp"
#include "sql.hpp"
#include "table_check.hpp"
#include "taken_key.hpp"
#include "written_row.hpp"

namespace stint {
namespace {

constexpr std::string_view not_a_number = "22P02";
constexpr std::string_view changed_by_trigger = "27000";  // a row of the set, by a trigger of another row
constexpr std::string_view lost_statement = "26000";
constexpr std::string_view not_null_violation = "23502";

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

/// Of a statement that was prepared when the tables were others, or by a session that has forgotten it. Values may not
/// fit a type that a column had before.
bool may_be_outdated(std::string_view sqlstate) noexcept {
    return sqlstate.starts_with("22") || sqlstate == "0A000" || sqlstate == lost_statement ||
           sqlstate.starts_with("42");
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
    case ending::committed:
        for (auto const& step : script_.writes) tools_.session.tally().rows_written += step.rows.size();
        return std::move(answers_).done();
    case ending::refused: return std::move(answers_).refused();
    case ending::short_of_rows:
        if (is_view_without_key()) refuse_without_key(failed_shape(), "postgresql");
        return {};
    case ending::not_unique:
    case ending::unclear: return {};
    case ending::outdated: return postgresql_flush(tools_, batch_, until_).run();
    case ending::failed: fail_after_rolling_back();
    case ending::in_doubt: break;
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

postgresql_flush::ending postgresql_flush::attempt() {
    auto const how = send_and_judge();
    if (committed_) leave_transaction();
    if (how == ending::committed || how == ending::in_doubt) return how;
    bool const may_be_refused = how == ending::refused || how == ending::short_of_rows;
    if (!roll_back(may_be_refused ? not_judged() : std::vector<std::size_t>{})) return ending::unclear;
    if (how == ending::not_unique) return judge_not_unique();
    return how == ending::short_of_rows && answers_.has_refusals() ? ending::refused : how;
}

postgresql_flush::ending postgresql_flush::send_and_judge() {
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
        if (committed_) return ending::in_doubt;
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
    send_command(line, statements.begin);
    send_steps(line, script_.checks);
    if (script_.can_refuse) send_command(line, statements.stop_if_refused, place::stop);
    send_steps(line, script_.writes, place::write);
    check_not_stopped(line);
    auto plans = plans_.commands();
    send_command(line, statements.commit, place::commit, [this](postgresql_pipeline::result_ptr result) {
        committed_ = std::string_view(PQcmdStatus(result.get())) == "COMMIT";
        ended_at_ = lock_time::clock::now();
    });
    commit_sent_ = !line.connection_lost();
    if (plans.empty()) return;
    send_command(line, statements.begin);
    for (auto& sql : plans) send_once(line, std::move(sql));
}

void postgresql_flush::send_once(postgresql_pipeline& line, std::string sql) {
    send_command(line, once_.emplace_back(pipeline_statement{.sql = std::move(sql)}));
}

void postgresql_flush::send_command(postgresql_pipeline& line, pipeline_statement& command, place what,
                                    postgresql_pipeline::receiver received) {
    sent_.push_back({what});
    line.send(command, {}, std::move(received));
}

void postgresql_flush::send_steps(postgresql_pipeline& line, std::span<flush_step const> steps, place what) {
    for (auto const& step : steps) {
        check_not_stopped(line);
        auto const& shape = batch_.shapes()[step.shape];
        auto&       kept = tools_.statements.get(
            shape, step.form, [&] { return render_flush(shape, step.form, tools_.tables, tools_.spelling); });
        plans_.note_use(kept);
        sent_.push_back({what, step.shape, &step});
        line.send(kept.statement, parameters_.of(step, kept.sql),
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

postgresql_flush::ending postgresql_flush::judge(postgresql_pipeline& line) {
    if (committed_) return unreadable_ ? ending::in_doubt : ending::committed;
    note_failure(line.take_failure());
    if (!line.connection_lost()) {
        if (unreadable_ && !failure_) std::rethrow_exception(unreadable_);
        return judge_failure();
    }
    bool const rolled_back = failure_ && failed_at_.what != place::commit;
    if (rolled_back || !commit_sent_) fail(true);
    return ending::in_doubt;
}

void postgresql_flush::note_failure(std::optional<postgresql_pipeline::failed_statement> failed) {
    failure_ = std::move(failed);
    if (failure_) failed_at_ = sent_[failure_->place];
}

postgresql_flush::ending postgresql_flush::judge_failure() {
    if (is_raised_here()) return failed_at_.what == place::stop ? ending::refused : ending::short_of_rows;
    auto const code = failure_code();
    if (code == changed_by_trigger) return ending::short_of_rows;
    if (is_not_unique()) return ending::not_unique;
    if (!had_kept_statements_ || !may_be_outdated(code)) return ending::failed;
    forget(code);
    return ending::outdated;
}

std::string postgresql_flush::failure_code() const {
    return failure_ ? error_field(failure_->result.get(), PG_DIAG_SQLSTATE) : "";
}

// By its place and by what only this flush can have made the server say.
bool postgresql_flush::is_raised_here() const {
    if (!failure_ || failure_code() != not_a_number) return false;
    auto const what = failed_at_.what;
    bool const raises = what == place::stop || what == place::write;
    return raises &&
           error_field(failure_->result.get(), PG_DIAG_MESSAGE_PRIMARY).find(parameters_.token()) != std::string::npos;
}

bool postgresql_flush::is_not_unique() const {
    if (failure_code() != unique_violation || failed_at_.what != place::write) return false;
    return failed_shape().action == row_action::insert && !failed_shape().key_given;
}

// A taken key is stepped over by the portable executor. After the ROLLBACK.
postgresql_flush::ending postgresql_flush::judge_not_unique() {
    return is_of_key(*failure_->result, failed_shape(), tools_.itself, time_for_rolling_back()) ? ending::unclear
                                                                                                : ending::failed;
}

void postgresql_flush::fail_after_rolling_back() const {
    try {
        fail(false);
    } catch (constraint_violation& refused) {
        tell_subject(refused);
        throw;
    }
}

/// The row that broke a rule, where it is known: it was written alone, or only it has a null there.
std::optional<std::size_t> postgresql_flush::failed_row(constraint_violation const& refused) const {
    auto const& rows = failed_at_.step->rows;
    if (rows.size() == 1) return rows.front();
    if (refused.rule() != constraint_violation::rule_type::not_null) return {};
    auto const has_null = [&](std::size_t row) { return as_given(batch_[row]).has_null(refused.report().column); };
    auto const found = std::ranges::find_if(rows, has_null);
    return found != rows.end() ? std::optional(*found) : std::nullopt;
}

// What can't be asked any more isn't known; the violation must be told all the same.
void postgresql_flush::tell_subject(constraint_violation& refused) const {
    if (failed_at_.what != place::write && failed_at_.what != place::commit) return;
    error_subject about;
    if (failed_at_.what == place::write) {
        about.table = failed_shape().table;
        if (auto const row = failed_row(refused)) about = as_given(batch_[*row]).subject();
    }
    try {
        refused.tell_subject(broken_postgresql_rule(tools_.itself, about, refused));
    } catch (error const& e) {
        logger()->debug("the rule that a flush broke could not be looked up: {}", e.what());
        refused.tell_subject(about);
    }
}

// A view's trigger has made a row and told no key; the portable executor could do no better.
bool postgresql_flush::is_view_without_key() const {
    auto const& shape = failed_shape();
    if (failed_at_.what != place::write || shape.action != row_action::insert || shape.key_given) return false;
    auto const* const there = tools_.tables.find(shape.table);
    return there != nullptr && there->is_view;
}

bool postgresql_flush::lacks_given_key() const {
    if (failure_code() != not_null_violation || failed_at_.what != place::write) return false;
    auto const& shape = failed_shape();
    return shape.action == row_action::insert && !shape.key_given &&
           error_field(failure_->result.get(), PG_DIAG_COLUMN_NAME) == shape.key.front().name;
}

void postgresql_flush::fail(bool connection_lost) const {
    if (!connection_lost && lacks_given_key()) refuse_without_key(failed_shape(), "postgresql");
    auto failed = tools_.session.described(failure_, connection_lost, until_);
    if (failure_) {
        bool const is_step = failed_at_.what == place::write;
        if (failed.table.empty() && is_step) failed.table = failed_shape().table;
    }
    throw_postgresql_error(failed);
}

// After an error.

std::vector<std::size_t> postgresql_flush::not_judged() const {
    std::vector<bool> judged(batch_.size(), false);
    for (auto const& step : script_.checks) {
        if (step.form.what != flush_form::part::check) continue;
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
    note_failure(std::move(failed));
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
