#include <algorithm>
#include <array>

#include "by_hand/article_writer.hpp"
#include "by_hand/pg_arrays.hpp"
#include "by_hand/pg_link.hpp"

namespace bench {

namespace {

/// Fails on the server, before the COMMIT that is on its way already, when the count is short: the text is no integer.
/// It depends on the count, or the planner would compute it at once.
constexpr auto raise_unless_all =
    " SELECT CASE WHEN count(*) = $1::bigint THEN 0 ELSE CAST('stale ' || count(*) AS integer) END FROM done";

constexpr auto update_one = "WITH done AS (UPDATE articles SET quantity = $2::numeric, version = version + 1 "
                            "WHERE id = $3::bigint AND version = $4::bigint RETURNING 1)";
constexpr auto remove_one =
    "WITH done AS (DELETE FROM articles WHERE id = $2::bigint AND version = $3::bigint RETURNING 1)";

// Locked in the order of the keys, so that two of them can't deadlock; joined by key, because a row may move while one
// waits. The values come along with the locked rows: joining the two lists again would take the square of their length,
// because the planner takes them for short.
constexpr auto update_many = R"(
WITH locked AS (
    SELECT a.id, given.quantity, given.version
    FROM unnest($2::bigint[], $3::numeric[], $4::bigint[]) AS given(id, quantity, version) JOIN articles a USING (id)
    ORDER BY a.id FOR NO KEY UPDATE OF a),
done AS (
    UPDATE articles a SET quantity = locked.quantity, version = a.version + 1
    FROM locked WHERE a.id = locked.id AND a.version = locked.version RETURNING 1))";

constexpr auto remove_many = R"(
WITH locked AS (
    SELECT a.id, given.version
    FROM unnest($2::bigint[], $3::bigint[]) AS given(id, version) JOIN articles a USING (id)
    ORDER BY a.id FOR UPDATE OF a),
done AS (
    DELETE FROM articles a USING locked WHERE a.id = locked.id AND a.version = locked.version RETURNING 1))";

// The keys rise in the order of the rows, whatever the order in which they are answered.
constexpr auto insert_many = R"(
INSERT INTO articles (name, quantity, version)
SELECT name, quantity, 1 FROM unnest($1::text[], $2::numeric[]) WITH ORDINALITY AS given(name, quantity, place)
ORDER BY place RETURNING id)";

/// From here on one statement is faster than several.
constexpr std::size_t many = 8;

class pipeline_writer final : public article_writer {
public:
    pipeline_writer(std::string const& url, planning plans) : link_(url) {
        // Planning costs more than the statements.
        if (plans == planning::for_all_values) link_.run("SET plan_cache_mode = force_generic_plan");
        link_.prepare("begin", "BEGIN");
        link_.prepare("commit", "COMMIT");
        link_.prepare("update one", std::string(update_one) + raise_unless_all);
        link_.prepare("update many", std::string(update_many) + raise_unless_all);
        link_.prepare("remove one", std::string(remove_one) + raise_unless_all);
        link_.prepare("remove many", std::string(remove_many) + raise_unless_all);
        link_.prepare("insert one",
                      "INSERT INTO articles (name, quantity, version) VALUES ($1, $2::numeric, 1) RETURNING id");
        link_.prepare("insert many", insert_many);
    }

    duration update(std::vector<article_row>& rows) override {
        return time_of([&] {
            in_one_trip([&] { rows.size() < many ? send_updates(rows) : send_update_of_all(rows); });
            count_up_versions(rows);
        });
    }

    duration insert(std::vector<article_row>& rows) override {
        return time_of([&] {
            auto const answers = in_one_trip(
                [&] { rows.size() < many ? send_inserts(rows) : send_insert_of_all(rows); });
            take_keys(answers, rows);
        });
    }

    duration remove(std::vector<article_row> const& rows) override {
        return time_of(
            [&] { in_one_trip([&] { rows.size() < many ? send_removals(rows) : send_removal_of_all(rows); }); });
    }

private:
    template <class Send>
    std::vector<pg_result> in_one_trip(Send send) {
        link_.start_pipeline();
        link_.send("begin");
        send();
        link_.send("commit");
        return link_.finish_pipeline();
    }

    static std::string text_of_id(article_row const& row) { return std::to_string(row.id); }
    static std::string text_of_version(article_row const& row) { return std::to_string(row.version); }
    static std::string text_of_quantity(article_row const& row) { return numeric_text(row.cents); }

    void send_updates(std::vector<article_row> const& rows) {
        for (auto const& row : rows) {  // which come in the order of their keys
            auto const quantity = text_of_quantity(row), id = text_of_id(row), version = text_of_version(row);
            link_.send("update one", std::array{"1", quantity.c_str(), id.c_str(), version.c_str()});
        }
    }
    void send_update_of_all(std::vector<article_row> const& rows) {
        auto const count = std::to_string(rows.size()), ids = number_array(rows, text_of_id);
        auto const quantities = number_array(rows, text_of_quantity), versions = number_array(rows, text_of_version);
        link_.send("update many", std::array{count.c_str(), ids.c_str(), quantities.c_str(), versions.c_str()});
    }

    void send_removals(std::vector<article_row> const& rows) {
        for (auto const& row : rows) {
            auto const id = text_of_id(row), version = text_of_version(row);
            link_.send("remove one", std::array{"1", id.c_str(), version.c_str()});
        }
    }
    void send_removal_of_all(std::vector<article_row> const& rows) {
        auto const count = std::to_string(rows.size()), ids = number_array(rows, text_of_id);
        auto const versions = number_array(rows, text_of_version);
        link_.send("remove many", std::array{count.c_str(), ids.c_str(), versions.c_str()});
    }

    void send_inserts(std::vector<article_row> const& rows) {
        for (auto const& row : rows) {
            auto const quantity = text_of_quantity(row);
            link_.send("insert one", std::array{row.name.c_str(), quantity.c_str()});
        }
    }
    void send_insert_of_all(std::vector<article_row> const& rows) {
        auto const names = text_array(rows, [](auto const& row) -> auto const& { return row.name; });
        auto const quantities = number_array(rows, text_of_quantity);
        link_.send("insert many", std::array{names.c_str(), quantities.c_str()});
    }
    static void take_keys(std::vector<pg_result> const& answers, std::vector<article_row>& rows) {
        std::vector<std::int64_t> keys;
        for (auto const& answer : answers)
            for (int i = 0; i < PQntuples(answer.get()); ++i) keys.push_back(number_in(answer, i, 0));
        check_all(static_cast<std::int64_t>(keys.size()), rows);
        std::ranges::sort(keys);
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i].id = keys[i];
    }

    pg_link link_;
};

}  // namespace

writer write_by_libpq_pipeline(std::string const& url, planning plans) {
    return std::make_unique<pipeline_writer>(url, plans);
}

}  // namespace bench
