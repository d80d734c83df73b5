// Not by hand: how Stint does it, with the same face.

#include <algorithm>

#include "by_hand/article_writer.hpp"

namespace bench {

namespace {

class stint_writer final : public article_writer {
public:
    explicit stint_writer(std::string const& url) : db_(url) {}

    duration update(std::vector<article_row>& rows) override {
        stint::unit_of_work work{db_};
        auto const          objects = work.get(ids_of(rows));
        for (std::size_t i = 0; i < rows.size(); ++i) objects[i].edit().quantity = quantity_of(rows[i]);
        return time_of([&] { work.commit(); });
    }

    duration insert(std::vector<article_row>& rows) override {
        stint::unit_of_work                  work{db_};
        std::vector<stint::tracked<article>> objects;
        for (auto const& row : rows) objects.push_back(work.add(article{{}, row.name, quantity_of(row)}));
        auto const took = time_of([&] { work.commit(); });
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i].id = objects[i].id().value();
        return took;
    }

    duration remove(std::vector<article_row> const& rows) override {
        stint::unit_of_work work{db_};
        for (auto const& one : work.get(ids_of(rows))) work.remove(one);
        return time_of([&] { work.commit(); });
    }

private:
    static std::vector<stint::id<article>> ids_of(std::vector<article_row> const& rows) {
        std::vector<stint::id<article>> ids;
        std::ranges::transform(rows, std::back_inserter(ids),
                               [](auto const& row) { return stint::id<article>{row.id}; });
        return ids;
    }

    stint::database db_;
};

}  // namespace

writer write_by_stint(std::string const& url) {
    return std::make_unique<stint_writer>(url);
}

}  // namespace bench
