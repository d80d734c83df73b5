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

}  // namespace bench
