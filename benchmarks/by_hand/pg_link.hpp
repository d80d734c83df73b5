// pg_link: what everything by hand on PostgreSQL stands on: libpq, prepared statements, the pipeline. Whatever goes
// wrong ends the run: nobody competes here but where a refusal is expected, and there the caller looks at the result.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <libpq-fe.h>

namespace bench {

using pg_result = std::unique_ptr<PGresult, decltype(&PQclear)>;

class pg_link {
public:
    explicit pg_link(std::string const& url);

    /// Any number of statements, without parameters.
    void run(std::string const& sql);
    void prepare(char const* name, std::string const& sql);
    /// One round trip.
    pg_result execute(char const* name, std::span<char const* const> with = {});

    /// Between start_pipeline() and finish_pipeline(), send() only sends. finish sends a Sync, answers the results in
    /// their order and throws for the first that failed.
    void                   start_pipeline();
    void                   send(char const* name, std::span<char const* const> with = {});
    std::vector<pg_result> finish_pipeline();

private:
    void              check(bool well) const;
    [[noreturn]] void fail() const;
    void              check(pg_result const& answer) const;

    std::unique_ptr<PGconn, decltype(&PQfinish)> link_;
    std::size_t                                  sent_ = 0;
};

std::int64_t number_in(pg_result const& from, int row, int column);
/// How many rows a statement changed.
std::int64_t changed_by(pg_result const& statement);

}  // namespace bench
