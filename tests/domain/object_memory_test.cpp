// What objects cost that a unit of work has read. glibc tells what the heap gives; sanitizers have heaps of their own.
#include <doctest/doctest.h>

#include <malloc.h>

#include <cstddef>

#include "support/books.hpp"
#include "support/foreign_heap.hpp"
#include "support/if_optimised.hpp"

using namespace books;

namespace {

class warehouse {
public:
    explicit warehouse(std::size_t stocks) {
        stint::create_tables<stock>(db);
        db.lend(stint::deadline::none())
            ->execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                          std::to_string(stocks) +
                          ") INSERT INTO stocks (id, version, name, quantity) SELECT i, i, 'flour', 100 FROM n",
                      stint::deadline::none());
        stint::unit_of_work first{db};  // what is made once
        first.find<stock>(stint::limit(1));
    }

    stint::database db{"sqlite::memory:"};
};

std::size_t bytes_in_use() {
    auto const now = mallinfo2();
    return now.uordblks + now.hblkhd;
}

/// Of one clean object, beyond the object itself.
double bytes_beyond(std::size_t objects) {
    warehouse  place{objects};
    auto const before = bytes_in_use();

    stint::unit_of_work work{place.db};
    REQUIRE(work.find<stock>().size() == objects);
    auto const grown = static_cast<double>(bytes_in_use() - before);
    return grown / static_cast<double>(objects) - static_cast<double>(sizeof(stock));
}

constexpr auto a_million = if_optimised<std::int64_t>(1'000'000, 100'000);

}  // namespace

TEST_SUITE_BEGIN("object_memory");

TEST_CASE("a tracked clean object costs at most 64 bytes beyond its own size" * doctest::skip(ON_A_FOREIGN_HEAP)) {
    CHECK(bytes_beyond(100'000) <= 64);
    CHECK(bytes_beyond(147'500) <= 64);  // the hash table has just grown
}

TEST_CASE("a unit of work reads a million rows and finds each again") {
    warehouse           place{a_million};
    stint::unit_of_work work{place.db};
    auto const          all = work.find<stock>();
    REQUIRE(all.size() == a_million);
    for (std::int64_t key = 1; key <= a_million; key += 997) {
        auto const one = work.get<stock>(key);
        REQUIRE(one.id().value() == key);
        REQUIRE(one.version().value() == key);
    }
    all.back().edit().quantity += 1;
    CHECK(work.commit().updated == 1);
}

TEST_SUITE_END();
