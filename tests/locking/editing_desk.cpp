// A desk in a process of its own: reads sheet 1 under a lock that its keeper renews, edits it, and commits when it is
// told.
//
//     editing_desk URL OWNER LEASE-MS
//
// It says "reads VERSION", hears a line, waits until its keeper has said something when the line is "after news", and
// says what it was told and what became of the commit.

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>

#include "support/desks.hpp"

namespace {

class mailbox {
public:
    void put(stint::lease_news news) {
        auto const hold = std::lock_guard(mutex_);
        text_ += ' ';
        text_ += to_string(news);
        is_over_ = is_over_ || stint::is_over(news);
        changed_.notify_all();
    }
    void wait_until_over() {
        auto hold = std::unique_lock(mutex_);
        changed_.wait(hold, [this] { return is_over_; });
    }
    std::string text() {
        auto const hold = std::lock_guard(mutex_);
        return text_;
    }

private:
    std::mutex              mutex_;
    std::condition_variable changed_;
    std::string             text_;
    bool                    is_over_ = false;
};

}  // namespace

int main(int, char** arguments) {
    std::string const               owner = arguments[2];
    std::chrono::milliseconds const time{std::atoi(arguments[3])};
    stint::database                 db{arguments[1]};
    stint::lock_table               locks{db};
    mailbox                         told;

    stint::offline_lock_options options{.label = owner + "'s desk", .lease = time};
    options.keeper = std::make_shared<stint::lease_keeper>(locks, stint::keeper_options{.lease = time});
    options.tell = [&](stint::lease const&, stint::lease_news news) { told.put(news); };
    stint::unit_of_work work{db, {.lock = std::make_shared<stint::implicit_lock>(locks, options), .owner = owner}};
    auto const          sheet = work.get<desks::sheet>(1);
    sheet.edit().text = owner + " was here";
    std::cout << "reads " << sheet.version().value() << std::endl;

    std::string order;
    std::getline(std::cin, order);
    if (order == "after news") told.wait_until_over();
    try {
        work.commit();
        std::cout << "told:" << told.text() << "; committed" << std::endl;
    } catch (stint::error const& e) {
        std::cout << "told:" << told.text() << "; " << e.what() << std::endl;
    }
}
