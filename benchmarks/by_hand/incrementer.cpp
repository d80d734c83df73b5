#include "by_hand/incrementer.hpp"

#include <array>
#include <memory>

#include "by_hand/pg_link.hpp"

namespace bench {

namespace {

std::shared_ptr<pg_link> prepared_link(std::string const& url) {
    auto link = std::make_shared<pg_link>(url);
    link->prepare("begin", "BEGIN");
    link->prepare("commit", "COMMIT");
    link->prepare("rollback", "ROLLBACK");
    link->prepare("read", "SELECT number, version FROM counters WHERE id = 1");
    link->prepare("read and lock", "SELECT number FROM counters WHERE id = 1 FOR UPDATE");
    link->prepare("write", "UPDATE counters SET number = $1::bigint, version = version + 1 WHERE id = 1");
    link->prepare("write if unchanged", "UPDATE counters SET number = $1::bigint, version = version + 1 "
                                        "WHERE id = 1 AND version = $2::bigint");
    return link;
}

bool try_interactively(pg_link& link) {
    auto const read = link.execute("read");
    auto const number = std::to_string(number_in(read, 0, 0) + 1);
    link.execute("begin");
    auto const written = link.execute("write if unchanged",
                                      std::array<char const*, 2>{number.c_str(), PQgetvalue(read.get(), 0, 1)});
    bool const landed = changed_by(written) == 1;
    link.execute(landed ? "commit" : "rollback");
    return landed;
}

}  // namespace

incrementer increment_interactively(std::string const& url) {
    return [link = prepared_link(url)] {
        while (!try_interactively(*link)) {}
    };
}

incrementer increment_locked(std::string const& url) {
    return [link = prepared_link(url)] {
        link->execute("begin");
        auto const number = std::to_string(number_in(link->execute("read and lock"), 0, 0) + 1);
        link->execute("write", std::array{number.c_str()});
        link->execute("commit");
    };
}

incrementer_pool::incrementer_pool(incrementer (*make)(std::string const&), std::string const& url, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        all_.push_back(make(url));
        free_.push_back(i);
    }
}

void incrementer_pool::increment() {
    auto const index = take();
    all_[index]();
    give_back(index);
}

std::size_t incrementer_pool::take() {
    auto       hold = std::unique_lock(mutex_);
    auto const ticket = last_ticket_++;
    returned_.wait(hold, [&] { return ticket == served_ && !free_.empty(); });
    ++served_;
    auto const index = free_.back();
    free_.pop_back();
    if (!free_.empty()) returned_.notify_all();
    return index;
}

void incrementer_pool::give_back(std::size_t index) {
    auto const hold = std::lock_guard(mutex_);
    free_.push_back(index);
    returned_.notify_all();
}

}  // namespace bench
