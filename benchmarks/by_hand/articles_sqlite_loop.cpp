#include "by_hand/article_writer.hpp"
#include "by_hand/sqlite_link.hpp"

namespace bench {

namespace {

class sqlite_writer final : public article_writer {
public:
    explicit sqlite_writer(std::string const& path) : file_(path) {}

    duration update(std::vector<article_row>& rows) override {
        return in_transaction(rows, [this](article_row& row) {
            update_.bind(1, row.cents).bind(2, row.id).bind(3, row.version++).run();
            return file_.changes();
        });
    }

    duration insert(std::vector<article_row>& rows) override {
        return in_transaction(rows, [this](article_row& row) {
            insert_.bind(1, row.name).bind(2, row.cents).run();
            row.id = file_.last_key();
            return file_.changes();
        });
    }

    duration remove(std::vector<article_row> const& rows) override {
        return in_transaction(rows, [this](article_row const& row) {
            remove_.bind(1, row.id).bind(2, row.version).run();
            return file_.changes();
        });
    }

private:
    template <class Rows, class Write>
    duration in_transaction(Rows& rows, Write write) {
        return time_of([&] {
            std::int64_t written = 0;
            begin_.run();
            for (auto& row : rows) written += write(row);
            check_all(written, rows);
            commit_.run();
        });
    }

    sqlite_link      file_;
    sqlite_statement begin_{file_, "BEGIN IMMEDIATE"};
    sqlite_statement commit_{file_, "COMMIT"};
    sqlite_statement update_{file_,
                             "UPDATE articles SET quantity = ?1, version = version + 1 WHERE id = ?2 AND version = ?3"};
    sqlite_statement insert_{file_, "INSERT INTO articles (name, quantity, version) VALUES (?1, ?2, 1)"};
    sqlite_statement remove_{file_, "DELETE FROM articles WHERE id = ?1 AND version = ?2"};
};

constexpr auto plain_keys_sql = R"(
BEGIN;
ALTER TABLE articles RENAME TO kept;
CREATE TABLE articles (id INTEGER PRIMARY KEY, name TEXT NOT NULL, quantity INTEGER NOT NULL, version INTEGER NOT NULL);
INSERT INTO articles (id, name, quantity, version) SELECT id, name, quantity, version FROM kept;
DROP TABLE kept;
COMMIT;
VACUUM;
ANALYZE)";

}  // namespace

writer write_by_sqlite_loop(std::string const& path) {
    return std::make_unique<sqlite_writer>(path);
}

writer write_by_sqlite_loop_on_plain_keys(std::string const& path) {
    sqlite_link{path}.run(plain_keys_sql);
    return std::make_unique<sqlite_writer>(path);
}

}  // namespace bench
