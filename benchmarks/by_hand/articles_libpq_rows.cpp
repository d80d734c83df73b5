#include <array>

#include "by_hand/article_writer.hpp"
#include "by_hand/pg_arrays.hpp"
#include "by_hand/pg_link.hpp"

namespace bench {

namespace {

class rows_writer final : public article_writer {
public:
    explicit rows_writer(std::string const& url) : link_(url) {
        link_.prepare("begin", "BEGIN");
        link_.prepare("commit", "COMMIT");
        link_.prepare(
            "update",
            "UPDATE articles SET quantity = $1::numeric, version = version + 1 WHERE id = $2 AND version = $3");
        link_.prepare("insert",
                      "INSERT INTO articles (name, quantity, version) VALUES ($1, $2::numeric, 1) RETURNING id");
        link_.prepare("remove", "DELETE FROM articles WHERE id = $1 AND version = $2");
    }

    duration update(std::vector<article_row>& rows) override {
        return in_transaction(rows, [this](article_row& row) {
            auto const quantity = numeric_text(row.cents), id = std::to_string(row.id);
            auto const version = std::to_string(row.version++);
            return link_.execute("update", std::array{quantity.c_str(), id.c_str(), version.c_str()});
        });
    }

    duration insert(std::vector<article_row>& rows) override {
        return in_transaction(rows, [this](article_row& row) {
            auto const quantity = numeric_text(row.cents);
            auto       answer = link_.execute("insert", std::array{row.name.c_str(), quantity.c_str()});
            row.id = number_in(answer, 0, 0);
            return answer;
        });
    }

    duration remove(std::vector<article_row> const& rows) override {
        return in_transaction(rows, [this](article_row const& row) {
            auto const id = std::to_string(row.id), version = std::to_string(row.version);
            return link_.execute("remove", std::array{id.c_str(), version.c_str()});
        });
    }

private:
    template <class Rows, class Write>
    duration in_transaction(Rows& rows, Write write) {
        return time_of([&] {
            std::int64_t written = 0;
            link_.execute("begin");
            for (auto& row : rows) written += changed_by(write(row));
            check_all(written, rows);
            link_.execute("commit");
        });
    }

    pg_link link_;
};

}  // namespace

writer write_by_libpq_rows(std::string const& url) {
    return std::make_unique<rows_writer>(url);
}

}  // namespace bench
