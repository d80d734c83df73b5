// A desk in a process of its own, whose clerks count note 1 up together, each time by a run with default options.
//
//     counting_desk URL TIMES CLERKS
//
// It says "ready" when it is connected, begins when it hears a line, and says how many landed, and what went wrong last
// if anything did.

#include <atomic>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/desks.hpp"

static int count(char** arguments) {
    stint::database  db{arguments[1]};
    std::atomic<int> left = std::atoi(arguments[2]), landed = 0;
    std::mutex       mutex;
    std::string      trouble;
    db.lend();
    std::cout << "ready" << std::endl;

    std::string line;
    std::getline(std::cin, line);
    std::vector<std::thread> clerks;
    for (int i = std::atoi(arguments[3]); i > 0; --i)
        clerks.emplace_back([&] {
            while (left.fetch_sub(1) > 0) try {
                    stint::run(db, [](stint::unit_of_work& work) { work.get<desks::note>(1).edit().number += 1; });
                    ++landed;
                } catch (std::exception const& e) {
                    auto const hold = std::lock_guard(mutex);
                    trouble = std::string("; ") + e.what();
                }
        });
    for (auto& clerk : clerks) clerk.join();
    std::cout << landed << " landed" << trouble << std::endl;
    return 0;
}

int main(int count_of_arguments, char** arguments) try {
    if (count_of_arguments != 4) return std::cout << "counting_desk URL TIMES CLERKS" << std::endl, 2;
    return count(arguments);
} catch (std::exception const& e) {
    std::cout << e.what() << std::endl;
    return 1;
}
