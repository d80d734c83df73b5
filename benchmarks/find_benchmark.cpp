// find() of a whole table into tracked objects, each time in a fresh unit of work, against the same SELECT by hand,
// prepared before, into a vector of structs. What was read goes outside of the time.

#include <array>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>

#include "articles.hpp"
#include "by_hand/pg_link.hpp"
#include "by_hand/sqlite_link.hpp"
#include "suites.hpp"
#include "support/kept_cores.hpp"
#include "support/numbered.hpp"
#include "support/place.hpp"

namespace bench {

namespace {

constexpr auto all_rows = "SELECT id, name, quantity, version FROM articles";

way by_stint(stint::database& db, std::size_t rows) {
    return [&db, rows](int) -> std::vector<duration> {
        std::optional<stint::unit_of_work>   work;
        std::vector<stint::tracked<article>> found;
        auto const                           took = time_of([&] {
            work.emplace(db);
            found = work->find<article>();
        });
        if (found.size() != rows) std::abort();
        return {took};
    };
}

way by_hand(std::size_t rows, std::function<std::vector<article_row>()> read) {
    return [rows, read](int) -> std::vector<duration> {
        std::vector<article_row> found;
        auto const               took = time_of([&] { found = read(); });
        if (found.size() != rows) std::abort();
        return {took};
    };
}

way by_sqlite(sqlite_link& file, std::size_t rows) {
    auto select = std::make_shared<sqlite_statement>(file, all_rows);
    return by_hand(rows, [select, rows] {
        std::vector<article_row> found;
        found.reserve(rows);
        while (select->step())
            found.push_back({select->number(0), select->text(1), select->number(2), select->number(3)});
        return found;
    });
}

/// Numbers of digits and perhaps a sign.
std::int64_t integer_in(PGresult const* from, int row, int column) {
    auto const*  text = PQgetvalue(from, row, column);
    std::int64_t number = 0;
    std::from_chars(text, text + PQgetlength(from, row, column), number);
    return number;
}

/// Of a numeric of two decimals.
std::int64_t cents_in(PGresult const* from, int row, int column) {
    auto const*  text = PQgetvalue(from, row, column);
    auto const*  end = text + PQgetlength(from, row, column);
    std::int64_t whole = 0, decimals = 0;
    std::from_chars(text, end - 3, whole);
    std::from_chars(end - 2, end, decimals);
    return whole * 100 + (*text == '-' ? -decimals : decimals);
}

way by_libpq(pg_link& link, std::size_t rows) {
    link.prepare("all", all_rows);
    return by_hand(rows, [&link] {
        auto const  answer = link.execute("all");
        auto const* from = answer.get();
        auto const  count = PQntuples(from);

        std::vector<article_row> found;
        found.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i)
            found.push_back({integer_in(from, i, 0),
                             {PQgetvalue(from, i, 1), static_cast<std::size_t>(PQgetlength(from, i, 1))},
                             cents_in(from, i, 2),
                             integer_in(from, i, 3)});
        return found;
    });
}

void compare(measuring& run, std::string const& name, std::array<way, 2> const& ways, std::string other, goal wanted) {
    auto const took = medians_in_turns(ways, run.pace_for(std::chrono::seconds{6}));
    run.add({.name = name,
             .stint = took[0][0].count(),
             .other = took[1][0].count(),
             .other_name = std::move(other),
             .wanted = wanted});
}

}  // namespace

void find_benchmark(measuring& run) {
    constexpr std::int64_t rows = 100'000;
    if (auto const name = numbered("sqlite/find/", rows); run.wants(name)) {
        place where{""};
        make_articles(where, rows);
        sqlite_link file{where.path(), sqlite_link::locking::none};  // it calls SQLite nine times a row
        compare(run, name, {by_stint(where.db(), rows), by_sqlite(file, rows)}, "sqlite3 structs", at_most(1.8));
    }
    if (auto const name = numbered("postgresql/find/", rows); run.has_server() && run.wants(name)) {
        kept_cores const kept{run.server(), cores::shared};
        place            where{run.server()};
        make_articles(where, rows);
        pg_link link{where.url()};
        compare(run, name, {by_stint(where.db(), rows), by_libpq(link, rows)}, "libpq structs", at_most(1.2));
    }
}

}  // namespace bench
