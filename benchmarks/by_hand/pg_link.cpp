#include "by_hand/pg_link.hpp"

#include <cstdlib>
#include <stdexcept>

namespace bench {

namespace {

bool is_good(PGresult const* answer) noexcept {
    auto const status = PQresultStatus(answer);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_SYNC;
}

}  // namespace

pg_link::pg_link(std::string const& url) : link_(PQconnectdb(url.c_str()), &PQfinish) {
    check(PQstatus(link_.get()) == CONNECTION_OK);
    run("SET client_min_messages = warning");
}

void pg_link::run(std::string const& sql) {
    check({PQexec(link_.get(), sql.c_str()), &PQclear});
}

void pg_link::prepare(char const* name, std::string const& sql) {
    check({PQprepare(link_.get(), name, sql.c_str(), 0, nullptr), &PQclear});
}

pg_result pg_link::execute(char const* name, std::span<char const* const> with) {
    pg_result answer{PQexecPrepared(link_.get(), name, static_cast<int>(with.size()), with.data(), nullptr, nullptr, 0),
                     &PQclear};
    check(answer);
    return answer;
}

void pg_link::start_pipeline() {
    check(PQenterPipelineMode(link_.get()) == 1);
    sent_ = 0;
}

void pg_link::send(char const* name, std::span<char const* const> with) {
    check(PQsendQueryPrepared(link_.get(), name, static_cast<int>(with.size()), with.data(), nullptr, nullptr, 0) == 1);
    ++sent_;
}

std::vector<pg_result> pg_link::finish_pipeline() {
    check(PQpipelineSync(link_.get()) == 1);
    std::vector<pg_result> answers;
    for (std::size_t i = 0; i < sent_; ++i) {
        answers.emplace_back(PQgetResult(link_.get()), &PQclear);
        check(answers.back());
        check(PQgetResult(link_.get()) == nullptr);
    }
    check({PQgetResult(link_.get()), &PQclear});
    check(PQexitPipelineMode(link_.get()) == 1);
    return answers;
}

void pg_link::check(bool well) const {
    if (!well) fail();
}

void pg_link::check(pg_result const& answer) const {
    if (!is_good(answer.get())) fail();
}

void pg_link::fail() const {
    throw std::runtime_error(std::string("by hand: ") + PQerrorMessage(link_.get()));
}

std::int64_t number_in(pg_result const& from, int row, int column) {
    return std::strtoll(PQgetvalue(from.get(), row, column), nullptr, 10);
}

std::int64_t changed_by(pg_result const& statement) {
    return std::strtoll(PQcmdTuples(statement.get()), nullptr, 10);
}

}  // namespace bench
