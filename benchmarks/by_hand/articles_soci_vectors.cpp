#include <stdexcept>

#include "by_hand/article_writer.hpp"
#include "by_hand/soci_session.hpp"

namespace bench {

namespace {

class soci_vectors_writer final : public article_writer {
public:
    soci_vectors_writer(std::string const& url, std::string const& path) : session_(url, path) {}

    duration update(std::vector<article_row>& rows) override {
        return time_of([&] {
            take(rows);
            write((session_.sql().prepare << "UPDATE articles SET quantity = " + session_.quantity() +
                                                 ", version = version + 1 WHERE id = :id AND version = :version",
                   soci::use(cents_), soci::use(ids_), soci::use(versions_)),
                  rows);
            count_up_versions(rows);
        });
    }

    duration insert(std::vector<article_row>&) override {
        throw std::logic_error("SOCI answers no keys of rows that were inserted by vectors");
    }

    duration remove(std::vector<article_row> const& rows) override {
        return time_of([&] {
            take(rows);
            write((session_.sql().prepare << "DELETE FROM articles WHERE id = :id AND version = :version",
                   soci::use(ids_), soci::use(versions_)),
                  rows);
        });
    }

private:
    /// Prepared for each time: executed again, SOCI 4.0 would send the vectors of the first time to PostgreSQL.
    void write(soci::statement statement, std::vector<article_row> const& rows) {
        soci::transaction all{session_.sql()};
        statement.execute(true);
        check_all(statement.get_affected_rows(), rows);  // a total: which row was stale can't be told
        all.commit();
    }

    void take(std::vector<article_row> const& rows) {
        ids_.clear(), cents_.clear(), versions_.clear();
        for (auto const& row : rows) {
            ids_.push_back(row.id);
            cents_.push_back(row.cents);
            versions_.push_back(row.version);
        }
    }

    soci_session           session_;
    std::vector<long long> ids_{}, cents_{}, versions_{};
};

}  // namespace

writer write_by_soci_vectors(std::string const& url, std::string const& path) {
    return std::make_unique<soci_vectors_writer>(url, path);
}

}  // namespace bench
