#include <array>
#include <cstdlib>
#include <iostream>
#include <string>

#include <libpq-fe.h>

#include "by_hand.hpp"

namespace {

using result = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr auto create_sql = R"(
CREATE SEQUENCE hand_fence;
CREATE TABLE hand_locks (
    resource    text COLLATE "C" PRIMARY KEY,
    owner       text        NOT NULL,
    label       text        NOT NULL,
    reason      text        NOT NULL,
    fence       bigint      NOT NULL,
    acquired_at timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX hand_locks_of_owner ON hand_locks (owner) WHERE owner <> '')";

constexpr auto drop_sql = "DROP TABLE IF EXISTS hand_locks; DROP SEQUENCE IF EXISTS hand_fence";

constexpr auto acquire_sql = R"(
INSERT INTO hand_locks AS l (resource, owner, label, reason, fence, acquired_at, expires_at)
VALUES ($1, $2, $3, $4, nextval('hand_fence'), clock_timestamp(), clock_timestamp() + $5::bigint * interval '1 microsecond')
ON CONFLICT (resource) DO UPDATE SET
    owner       = excluded.owner,
    label       = excluded.label,
    reason      = excluded.reason,
    fence       = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.fence
                       ELSE nextval('hand_fence') END,
    acquired_at = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.acquired_at
                       ELSE clock_timestamp() END,
    expires_at  = clock_timestamp() + $5::bigint * interval '1 microsecond'
WHERE l.owner = excluded.owner OR l.expires_at <= clock_timestamp()
RETURNING fence, CAST(extract(epoch FROM expires_at - clock_timestamp()) * 1000000 AS bigint))";

constexpr auto release_sql = R"(
UPDATE hand_locks SET owner = '', label = '', reason = '', acquired_at = clock_timestamp(), expires_at = 'epoch'
WHERE resource = $1 AND owner = $2 AND fence = $3 RETURNING resource)";

class postgresql_by_hand final : public by_hand {
public:
    explicit postgresql_by_hand(std::string const& url) : link_(PQconnectdb(url.c_str()), &PQfinish) {
        check(PQstatus(link_.get()) == CONNECTION_OK);
        run("SET client_min_messages = warning");
        run(drop_sql);
        run(create_sql);
        check_is(PGRES_COMMAND_OK, {PQprepare(link_.get(), "acquire", acquire_sql, 0, nullptr), &PQclear});
        check_is(PGRES_COMMAND_OK, {PQprepare(link_.get(), "release", release_sql, 0, nullptr), &PQclear});
    }
    ~postgresql_by_hand() override { run(drop_sql); }

    std::int64_t acquire(std::string const& name) override {
        auto const answer = send("acquire", std::array{name.c_str(), "me", "Ann, desk 7", "editing", "600000000"});
        return std::strtoll(PQgetvalue(answer.get(), 0, 0), nullptr, 10);
    }
    void release(std::string const& name, std::int64_t fence) override {
        send("release", std::array{name.c_str(), "me", std::to_string(fence).c_str()});
    }

    void fill(int names) override {
        run(("INSERT INTO hand_locks SELECT 'filled/' || i, '', '', '', nextval('hand_fence'), now(), 'epoch' FROM "
             "generate_series(1, " +
             std::to_string(names) + ") AS i; ANALYZE hand_locks")
                .c_str());
    }

private:
    template <std::size_t N>
    result send(char const* statement, std::array<char const*, N> const& with) {
        result answer{PQexecPrepared(link_.get(), statement, N, with.data(), nullptr, nullptr, 0), &PQclear};
        check(PQresultStatus(answer.get()) == PGRES_TUPLES_OK && PQntuples(answer.get()) == 1);
        return answer;
    }
    void run(char const* sql) { check_is(PGRES_COMMAND_OK, {PQexec(link_.get(), sql), &PQclear}); }
    void check_is(ExecStatusType expected, result const& answer) { check(PQresultStatus(answer.get()) == expected); }
    void check(bool well) {
        if (well) return;
        std::cerr << "by hand: " << PQerrorMessage(link_.get()) << '\n';
        std::exit(3);
    }

    std::unique_ptr<PGconn, decltype(&PQfinish)> link_;
};

}  // namespace

std::unique_ptr<by_hand> by_hand_in_postgresql(std::string const& url) {
    return std::make_unique<postgresql_by_hand>(url);
}
