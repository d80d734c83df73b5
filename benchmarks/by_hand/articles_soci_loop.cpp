#include "by_hand/article_writer.hpp"
#include "by_hand/soci_session.hpp"

namespace bench {

namespace {

class soci_loop_writer final : public article_writer {
public:
    soci_loop_writer(std::string const& url, std::string const& path) : session_(url, path) {}

    duration update(std::vector<article_row>& rows) override {
        return in_transaction(rows, [this](article_row& row) {
            take(row);
            update_.execute(true);
            ++row.version;
            return update_.get_affected_rows();
        });
    }

    duration insert(std::vector<article_row>& rows) override {
        return in_transaction(rows, [this](article_row& row) {
            take(row);
            insert_.execute(true);
            if (!session_.is_postgresql()) session_.sql().get_last_insert_id("articles", id_);
            row.id = id_;
            return 1LL;
        });
    }

    duration remove(std::vector<article_row> const& rows) override {
        return in_transaction(rows, [this](article_row const& row) {
            take(row);
            remove_.execute(true);
            return remove_.get_affected_rows();
        });
    }

private:
    template <class Rows, class Write>
    duration in_transaction(Rows& rows, Write write) {
        return time_of([&] {
            long long         written = 0;
            soci::transaction all{session_.sql()};
            for (auto& row : rows) written += write(row);
            check_all(written, rows);
            all.commit();
        });
    }

    void take(article_row const& row) {
        id_ = row.id;
        cents_ = row.cents;
        version_ = row.version;
        name_ = row.name;
    }

    /// On SQLite the key is asked for afterwards: RETURNING would cost more than the row.
    soci::statement inserting() {
        auto const sql = "INSERT INTO articles (name, quantity, version) VALUES (:name, " + session_.quantity() +
                         ", 1)";
        if (!session_.is_postgresql()) return (session_.sql().prepare << sql, soci::use(name_), soci::use(cents_));
        return (session_.sql().prepare << sql + " RETURNING id", soci::use(name_), soci::use(cents_), soci::into(id_));
    }

    soci_session    session_;
    long long       id_ = 0, cents_ = 0, version_ = 0;
    std::string     name_{};
    soci::statement update_ = (session_.sql().prepare
                                   << "UPDATE articles SET quantity = " + session_.quantity() +
                                          ", version = version + 1 WHERE id = :id AND version = :version",
                               soci::use(cents_), soci::use(id_), soci::use(version_));
    soci::statement insert_ = inserting();
    soci::statement remove_ = (session_.sql().prepare << "DELETE FROM articles WHERE id = :id AND version = :version",
                               soci::use(id_), soci::use(version_));
};

}  // namespace

writer write_by_soci_loop(std::string const& url, std::string const& path) {
    return std::make_unique<soci_loop_writer>(url, path);
}

}  // namespace bench
