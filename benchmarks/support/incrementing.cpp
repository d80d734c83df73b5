#include "support/incrementing.hpp"

#include <chrono>
#include <iostream>

#include "counter.hpp"

namespace bench {

namespace {

std::int64_t now() {
    using namespace std::chrono;
    return floor<microseconds>(steady_clock::now()).time_since_epoch().count();
}

bool increment(stint::database& db) {
    try {
        stint::run(db, [](stint::unit_of_work& work) { work.get<counter>(1).edit().number += 1; });
        return true;
    } catch (stint::error const&) {
        return false;
    }
}

}  // namespace

int increment_as_told(std::vector<std::string> const& words) {
    stint::database db{words.at(1)};
    for (int left = std::stoi(words.at(2)); left > 0; --left) {
        auto const began = now();
        bool const landed = increment(db);
        std::cout << began << ' ' << now() << ' ' << landed << '\n';
    }
    return 0;
}

}  // namespace bench
