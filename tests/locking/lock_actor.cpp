// lock_actor: a process that uses a lock table, for tests that stop and kill it. Orders come on standard input, a line
// each, and each is answered by a line on standard output; only "work" answers several, the last of which is "done".
//
//     lock_actor URL [--no-wal]
//
//     acquire NAME OWNER LEASE_MS [WAIT_MS]      granted FENCE; refused HOLDER
//     renew NAME OWNER FENCE MS                  renewed; ending; busy; lost
//     release NAME OWNER FENCE                   released; lost
//     create                                     created (lock table and ledger)
//     work NAME PAGES ROUNDS LEASE_MS RENEWS LEAVES STOPS    see ledger.hpp: a grant a line
//     journal                                    the journal mode of SQLite
//
// Any error is answered by "error" and its text. With --no-wal SQLite's files offer no shared memory, as on a network's
// disk.

#include <cstring>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>

#include <sqlite3.h>

#include <stint/lock_table.hpp>
#include <stint/log.hpp>

#include "locking/ledger.hpp"

namespace {

sqlite3_vfs* usual = nullptr;

// The methods of a file without those that share memory.
sqlite3_io_methods const* without_shared_memory(sqlite3_io_methods const* methods) {
    static std::mutex                                                                             mutex;
    static std::vector<std::pair<sqlite3_io_methods const*, std::unique_ptr<sqlite3_io_methods>>> known;
    auto const hold = std::lock_guard(mutex);
    for (auto const& [before, after] : known)
        if (before == methods) return after.get();
    known.emplace_back(methods, std::make_unique<sqlite3_io_methods>(*methods));
    known.back().second->iVersion = 1;
    return known.back().second.get();
}

extern "C" int open_without_shared_memory(sqlite3_vfs*, char const* name, sqlite3_file* file, int flags, int* out) {
    auto const code = usual->xOpen(usual, name, file, flags, out);
    if (file->pMethods != nullptr) file->pMethods = without_shared_memory(file->pMethods);
    return code;
}

void switch_off_wal() {
    static sqlite3_vfs like_usual;
    usual = sqlite3_vfs_find(nullptr);
    like_usual = *usual;
    like_usual.zName = "without-shared-memory";
    like_usual.xOpen = open_without_shared_memory;
    sqlite3_vfs_register(&like_usual, 1);
}

class actor {
public:
    explicit actor(std::string const& url) : db_(url), locks_(db_), ledger_(db_) {}

    std::string obey(std::string const& line) {
        std::istringstream words{line};
        std::string        order;
        words >> order;
        if (order == "acquire") return acquire(words);
        if (order == "renew") return renew(words);
        if (order == "release") return locks_.release(std::vector{lease_from(words)}).empty() ? "released" : "lost";
        if (order == "create") return create();
        if (order == "work") return work(words);
        if (order == "journal") return journal();
        return "error unknown order " + order;
    }

private:
    template <class T>
    static T next(std::istream& words, T otherwise = {}) {
        T word{};
        return words >> word ? word : otherwise;
    }

    static stint::lease lease_from(std::istream& words) {
        auto name = next<std::string>(words);
        auto owner = next<std::string>(words);
        return {.name = std::move(name), .owner = std::move(owner), .fence = next<std::int64_t>(words)};
    }

    std::string acquire(std::istream& words) {
        auto const          name = next<std::string>(words);
        stint::lock_request request{.owner = next<std::string>(words)};
        request.lease = std::chrono::milliseconds{next<int>(words)};
        auto const wait = next<int>(words, -1);
        if (wait >= 0)
            return granted(locks_.acquire({name}, request, stint::deadline::after(std::chrono::milliseconds{wait})));
        auto const answer = locks_.try_acquire({name}, request);
        return answer ? granted(answer.leases()) : "refused " + answer.holders().front().owner;
    }

    static std::string granted(std::vector<stint::lease> const& leases) {
        return "granted " + std::to_string(leases.front().fence);
    }

    std::string renew(std::istream& words) {
        auto const lease = lease_from(words);
        switch (locks_.renew(std::vector{lease}, std::chrono::milliseconds{next<int>(words)}).front().outcome) {
        case stint::renewal::state::renewed: return "renewed";
        case stint::renewal::state::ending: return "ending";
        case stint::renewal::state::busy: return "busy";
        case stint::renewal::state::lost: break;
        }
        return "lost";
    }

    std::string create() {
        stint::create_lock_tables(db_);
        ledger_.create();
        return "created";
    }

    std::string work(std::istream& words) {
        auto const name = next<std::string>(words);
        work_plan  plan{.pages = next<int>(words), .rounds = next<int>(words)};
        plan.lease = std::chrono::milliseconds{next<int>(words)};
        plan.renews = next<int>(words) != 0;
        plan.leaves = next<int>(words);
        plan.stops = next<int>(words);
        for (auto const& grant : carry_out(plan, name, locks_, ledger_)) std::cout << to_line(grant) << '\n';
        return "done";
    }

    std::string journal() {
        std::string                     mode;
        std::vector<stint::column_type> types{{stint::data_type::text}};
        db_.lend()->query(
            "PRAGMA journal_mode", {}, types,
            [&](std::span<stint::value> row) { mode = std::get<std::string>(row.front()); }, stint::deadline::none());
        return mode;
    }

    stint::database   db_;
    stint::lock_table locks_;
    ledger            ledger_;
};

std::string in_one_line(std::string text) {
    for (char& c : text)
        if (c == '\n') c = ' ';
    return text;
}

}  // namespace

int main(int count, char** arguments) {
    if (count > 2 && std::strcmp(arguments[2], "--no-wal") == 0) switch_off_wal();
    std::optional<actor> player;
    for (std::string line; std::getline(std::cin, line);) {
        try {
            if (!player) player.emplace(arguments[1]);
            std::cout << player->obey(line) << std::endl;
        } catch (stint::lock_refused const& e) {
            std::cout << "refused " << (e.holders().empty() ? "" : e.holders().front().owner) << std::endl;
        } catch (std::exception const& e) {
            std::cout << in_one_line(std::string("error ") + e.what()) << std::endl;
        }
    }
}
