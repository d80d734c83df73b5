#include <span>
#include <stdexcept>

#include "by_hand/article_writer.hpp"
#include "by_hand/sqlite_link.hpp"

namespace bench {

namespace {

/// Beyond, a statement takes longer to prepare and saves nothing.
constexpr std::size_t rows_at_once = 50;

std::string insert_of(std::size_t rows) {
    std::string sql = "INSERT INTO articles (name, quantity, version) VALUES (?, ?, 1)";
    for (std::size_t i = 1; i < rows; ++i) sql += ", (?, ?, 1)";
    return sql;
}

class values_writer final : public article_writer {
public:
    explicit values_writer(std::string const& path) : file_(path) {}

    duration update(std::vector<article_row>&) override { throw std::logic_error("VALUES only inserts"); }
    duration remove(std::vector<article_row> const&) override { throw std::logic_error("VALUES only inserts"); }

    duration insert(std::vector<article_row>& rows) override {
        return time_of([&] {
            begin_.run();
            auto const together = rows.size() / rows_at_once * rows_at_once;
            for (std::size_t i = 0; i < together; i += rows_at_once) insert({&rows[i], rows_at_once}, many_);
            for (std::size_t i = together; i < rows.size(); ++i) insert({&rows[i], 1}, one_);
            commit_.run();
        });
    }

private:
    void insert(std::span<article_row> rows, sqlite_statement& statement) {
        int place = 0;
        for (auto const& row : rows) {
            statement.bind(++place, row.name);
            statement.bind(++place, row.cents);
        }
        statement.run();
        if (file_.changes() != static_cast<std::int64_t>(rows.size()))
            throw std::runtime_error("by hand: a row is missing");
        auto key = file_.last_key();  // they follow each other, where no trigger inserts any
        for (auto row = rows.rbegin(); row != rows.rend(); ++row) row->id = key--;
    }

    sqlite_link      file_;
    sqlite_statement begin_{file_, "BEGIN IMMEDIATE"};
    sqlite_statement commit_{file_, "COMMIT"};
    sqlite_statement many_{file_, insert_of(rows_at_once)};
    sqlite_statement one_{file_, insert_of(1)};
};

}  // namespace

writer write_by_sqlite_values(std::string const& path) {
    return std::make_unique<values_writer>(path);
}

}  // namespace bench
