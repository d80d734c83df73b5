#include "support/incrementing.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <thread>

#include "by_hand/incrementer.hpp"
#include "counter.hpp"

namespace bench {

namespace {

/// Whether it landed. Shared by the threads.
using increment = std::function<bool()>;

increment stint_increment(std::string const& url, std::size_t connections) {
    auto const db = std::make_shared<stint::database>(url);
    {
        std::vector<stint::database::lease> all;
        for (std::size_t i = 0; i < connections; ++i) all.push_back(db->lend());
    }
    return [db] {
        try {
            stint::run(*db, [](stint::unit_of_work& work) { work.get<counter>(1).edit().number += 1; });
            return true;
        } catch (stint::error const&) {
            return false;
        }
    };
}

increment increment_for_update(std::string const& url, std::size_t connections) {
    auto const pool = std::make_shared<incrementer_pool>(increment_locked, url, connections);
    return [pool] {
        pool->increment();
        return true;
    };
}

increment increment_by(std::string const& way, std::string const& url, std::size_t threads) {
    auto const connections = std::min(threads, stint::database_options{}.connections);
    if (way == by_stint) return stint_increment(url, connections);
    if (way == by_for_update) return increment_for_update(url, connections);
    throw std::invalid_argument("there is no way '" + way + "' to increment");
}

struct timing {
    std::int64_t began, ended;
    bool         landed;
};

}  // namespace

std::int64_t steady_now() {
    using namespace std::chrono;
    return floor<microseconds>(steady_clock::now()).time_since_epoch().count();
}

int increment_as_told(std::vector<std::string> const& words) {
    auto const                                  threads = std::stoul(words.at(3));
    auto const                                  one_more = increment_by(words.at(4), words.at(1), threads);
    std::atomic<int>                            left{std::stoi(words.at(2))};
    std::vector<std::vector<timing>>            seen(threads);
    std::chrono::steady_clock::time_point const begin{std::chrono::microseconds{std::stoll(words.at(5))}};

    std::vector<std::jthread> all;
    for (auto& timings : seen)
        all.emplace_back([&] {
            std::this_thread::sleep_until(begin);
            while (left.fetch_sub(1) > 0) {
                auto const began = steady_now();
                bool const landed = one_more();
                timings.push_back({began, steady_now(), landed});
            }
        });
    all.clear();
    for (auto const& timings : seen)
        for (auto const& each : timings) std::cout << each.began << ' ' << each.ended << ' ' << each.landed << '\n';
    return 0;
}

}  // namespace bench
