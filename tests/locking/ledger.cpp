#include "locking/ledger.hpp"

#include <csignal>
#include <functional>
#include <random>
#include <thread>

using namespace std::chrono_literals;

namespace {

constexpr auto never = stint::deadline::none();

class worker {
public:
    worker(work_plan const& plan, std::string const& name, stint::lock_table& locks, ledger& to)
        : plan_(plan), name_(name), locks_(locks), ledger_(to),
          random_(static_cast<unsigned>(std::hash<std::string>{}(name))) {}

    grant use_lock(int round) {
        auto       asked = grant::time::clock::now();
        auto const lease = acquired(round);
        grant      result{lease.name, lease.owner, lease.fence, asked, grant::time::clock::now(), lease.ends.at()};
        if (!once_in(plan_.leaves)) result.held_until = write_line(lease);
        return result;
    }

private:
    bool once_in(int many) { return many > 0 && random_() % static_cast<unsigned>(many) == 0; }

    stint::lease acquired(int round) {
        auto const page = "page/" + std::to_string(random_() % static_cast<unsigned>(plan_.pages));
        return locks_
            .acquire({page}, {.owner = name_ + '.' + std::to_string(round), .lease = plan_.lease},
                     stint::deadline::after(100s))
            .front();
    }

    /// Until when the lock was held for sure.
    grant::time write_line(stint::lease const& lease) {
        auto const number = ledger_.last_number(lease.name);
        std::this_thread::sleep_for(std::chrono::microseconds{random_() % 500});  // what else there is to do
        if (once_in(plan_.stops)) std::raise(SIGSTOP);
        auto end = lease.ends.at();
        if (plan_.renews) {
            auto const renewal = locks_.renew(std::vector{lease}, 20s).front();
            if (renewal.outcome == stint::renewal::state::lost) return end;
            end = renewal.renewed.ends.at();
        }
        ledger_.write(lease.name, number + 1, lease.fence);
        auto const asked = grant::time::clock::now();
        return locks_.release(std::vector{lease}).empty() ? asked : end;
    }

    work_plan const&   plan_;
    std::string const& name_;
    stint::lock_table& locks_;
    ledger&            ledger_;
    std::minstd_rand   random_;
};

}  // namespace

void ledger::create() {
    db_.lend()->execute("CREATE TABLE ledger (page TEXT NOT NULL, number BIGINT NOT NULL, fence BIGINT NOT NULL)",
                        never);
}

std::int64_t ledger::last_number(std::string const& page) {
    std::int64_t                    last = 0;
    std::vector<stint::value> const parameters{page};
    std::vector<stint::column_type> types{{}};
    db_.lend()->query(
        "SELECT coalesce(max(number), 0) FROM ledger WHERE page = :1", parameters, types,
        [&](std::span<stint::value> row) { last = std::get<std::int64_t>(row.front()); }, never);
    return last;
}

void ledger::write(std::string const& page, std::int64_t number, std::int64_t fence) {
    std::vector<stint::value> const parameters{page, number, fence};
    db_.lend()->execute("INSERT INTO ledger (page, number, fence) VALUES (:1, :2, :3)", parameters, never);
}

std::int64_t ledger::written() {
    return ask("SELECT count(*) FROM ledger");
}

std::int64_t ledger::twice() {
    return ask(
        "SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT page, number FROM ledger) AS once) FROM ledger");
}

std::int64_t ledger::falling() {
    return ask(
        "SELECT count(*) FROM ledger AS later WHERE EXISTS (SELECT 1 FROM ledger AS one WHERE one.page = later.page AND "
        "one.number < later.number AND one.fence >= later.fence)");
}

std::int64_t ledger::ask(std::string const& query) {
    std::int64_t                    answer = 0;
    std::vector<stint::column_type> types{{}};
    db_.lend()->query(
        query, {}, types, [&](std::span<stint::value> row) { answer = std::get<std::int64_t>(row.front()); }, never);
    return answer;
}

std::vector<grant> carry_out(work_plan const& plan, std::string const& name, stint::lock_table& locks, ledger& to) {
    worker             worker{plan, name, locks, to};
    std::vector<grant> history;
    for (int round = 1; round <= plan.rounds; ++round) history.push_back(worker.use_lock(round));
    return history;
}
