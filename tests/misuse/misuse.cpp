// misuse URL MISTAKE: makes one mistake, and says "survived" where nothing stops it.
#include <condition_variable>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <stint/stint.hpp>

using namespace std::chrono_literals;

namespace {

struct item {
    stint::id<item> id;
    double          weight = 0;
};

}  // namespace

template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("weight", &item::weight));
};

namespace {

using handle = stint::tracked<item>;

/// Of an item that was read by a unit that has ended.
handle outlived(stint::database& db) {
    stint::unit_of_work work{db};
    return work.get<item>(1);
}

/// The compiler refuses a handle that run() would return, but not one that its function keeps elsewhere.
handle out_of_run(stint::database& db) {
    std::optional<handle> kept;
    stint::run(db, [&](stint::unit_of_work& work) { kept = work.get<item>(1); });
    return *kept;
}

/// A unit of the same size may be where the other one was: its handles aren't taken for the others.
void use_beside_another(stint::database& db) {
    std::optional<stint::unit_of_work> work{std::in_place, db};
    auto const                         before = work->get<item>(1);
    work.reset();
    work.emplace(db);
    auto const now = work->get<item>(1);
    std::cout << "alive: " << now->weight << std::endl;
    std::cout << before->weight;
}

using mistakes = std::map<std::string, std::function<void(stint::database&)>>;

mistakes const with_handles{
    {"read", [](auto& db) { std::cout << outlived(db)->weight; }},
    {"dereference", [](auto& db) { std::cout << (*outlived(db)).weight; }},
    {"edit", [](auto& db) { outlived(db).edit().weight = 1; }},
    {"id", [](auto& db) { std::cout << outlived(db).id().value(); }},
    {"state", [](auto& db) { std::cout << static_cast<int>(outlived(db).state()); }},
    {"version", [](auto& db) { std::cout << outlived(db).version().value(); }},
    {"read what was kept out of run", [](auto& db) { std::cout << out_of_run(db)->weight; }},
    {"read beside another", use_beside_another},
    {"remove by another",
     [](auto& db) {
         stint::unit_of_work work{db};
         work.remove(outlived(db));
     }},
};

/// Waits for the first news of a lease.
class first_news {
public:
    void tell(stint::lease_news news) {
        auto const hold = std::lock_guard(mutex_);
        if (!heard_) heard_ = news;
        changed_.notify_all();
    }
    std::string wait() {
        auto hold = std::unique_lock(mutex_);
        changed_.wait(hold, [&] { return heard_.has_value(); });
        return std::string(to_string(*heard_));
    }

private:
    std::mutex                       mutex_;
    std::condition_variable          changed_;
    std::optional<stint::lease_news> heard_{};
};

using owned_database = std::unique_ptr<stint::database>;

void destroy_before_keeper(owned_database db) {
    first_news          news;
    stint::lock_table   locks{*db};
    stint::lease_keeper keeper{locks, {.lease = 2s}};
    auto const          lease = locks.acquire({"things/1"}, {.owner = "ann", .lease = 2s}, stint::deadline::after(5s));
    keeper.keep(lease.front(), [&](auto const&, stint::lease_news what) { news.tell(what); });
    db.reset();
    std::cout << "told: " << news.wait() << std::endl;
}

void destroy_before_waiting(owned_database db) {
    stint::lock_table locks{*db};
    locks.acquire({"things/2"}, {.owner = "ann"}, stint::deadline::none());
    std::thread waiting{[&] {
        try {
            locks.acquire({"things/2"}, {.owner = "bob"}, stint::deadline::none());
        } catch (stint::usage_error const& e) {
            std::cout << "refused: " << e.what() << std::endl;
        }
    }};
    while (locks.waiting_for("things/2").empty()) std::this_thread::yield();
    db.reset();
    waiting.join();
}

void destroy_before_loan(owned_database db) {
    auto const lease = db->lend();
    db.reset();
    lease->query(
        "SELECT 40 + 2", {}, std::initializer_list<stint::column_type>{{stint::data_type::integer}},
        [](auto row) { std::cout << "read: " << to_string(row.front()) << std::endl; }, stint::deadline::none());
}

void destroy_before_unit(owned_database db) {
    stint::unit_of_work work{*db};
    work.get<item>(1).edit().weight = 1;
    db.reset();
}

std::map<std::string, void (*)(owned_database)> const with_databases{
    {"keeper", destroy_before_keeper},
    {"waiting", destroy_before_waiting},
    {"loan", destroy_before_loan},
    {"unit", destroy_before_unit},
};

}  // namespace

int main(int, char** arguments) {
    auto        db = std::make_unique<stint::database>(arguments[1]);
    std::string mistake = arguments[2];
    if (auto const found = with_handles.find(mistake); found != with_handles.end()) found->second(*db);
    else with_databases.at(mistake)(std::move(db));
    std::cout << "survived" << std::endl;
}
