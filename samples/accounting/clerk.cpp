#include "clerk.hpp"

#include <thread>

#include <stint/events.hpp>
#include <stint/run.hpp>

#include "process_document.hpp"

namespace accounting {

namespace {

std::string counted(std::size_t number, char const* singular, char const* plural) {
    return std::to_string(number) + " " + (number == 1 ? singular : plural);
}

}  // namespace

effort& effort::operator+=(effort const& more) noexcept {
    conflicts += more.conflicts;
    retries += more.retries;
    return *this;
}

std::string in_words(effort const& effort) {
    return counted(effort.conflicts, "conflict", "conflicts") + ", " + counted(effort.retries, "retry", "retries");
}

void clerk::process(std::vector<document_id> const& documents) {
    auto const once = [&](stint::unit_of_work& work) {
        work.events().conflict.connect([&](auto const&) { ++effort_.conflicts; });
        for (auto const& document : documents) process_document(work, document);
        std::this_thread::sleep_for(options_.think);
    };
    auto const again = [&](stint::error const& failure, std::size_t) {
        ++effort_.retries;
        if (options_.before_retry) options_.before_retry(failure);
    };
    stint::run(db_, once, {.attempts = options_.attempts, .unit = options_.unit, .before_retry = again});
}

}  // namespace accounting
