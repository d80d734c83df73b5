#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <stint/extension/engine.hpp>

#include "../support/desks.hpp"
#include "../support/of_a_session.hpp"
#include "../support/partner.hpp"

// How connections to a PostgreSQL server begin, and how the server learns that one has ended.

using namespace std::chrono_literals;

namespace {

/// A host that takes connections and never says a word.
class silent_host {
public:
    silent_host() : door_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof where;
        REQUIRE(::bind(door_, reinterpret_cast<sockaddr*>(&where), size) == 0);
        REQUIRE(::listen(door_, 8) == 0);
        REQUIRE(::getsockname(door_, reinterpret_cast<sockaddr*>(&where), &size) == 0);
        port_ = ntohs(where.sin_port);
        listening_ = std::thread([this] {
            for (int guest = ::accept(door_, nullptr, nullptr); guest >= 0; guest = ::accept(door_, nullptr, nullptr)) {
                guests_[static_cast<std::size_t>(count_) % guests_.size()] = guest;
                ++count_;
            }
        });
    }
    silent_host(silent_host const&) = delete;
    silent_host& operator=(silent_host const&) = delete;
    ~silent_host() {
        ::shutdown(door_, SHUT_RDWR);
        listening_.join();
        ::close(door_);
        for (int const guest : guests_)
            if (guest >= 0) ::close(guest);
    }

    std::string url() const { return "postgresql://127.0.0.1:" + std::to_string(port_) + "/books"; }
    int         guests() const noexcept { return count_; }

private:
    int                door_;
    int                port_ = 0;
    std::atomic<int>   count_ = 0;
    std::array<int, 8> guests_{-1, -1, -1, -1, -1, -1, -1, -1};
    std::thread        listening_;
};

void check_unreachable(std::string const& url, stint::deadline until) {
    try {
        stint::built_in_engine(url)->connect(std::make_shared<stint::live_counters>(), until);
        FAIL("it was opened");
    } catch (stint::connection_error const& e) {
        CHECK(std::string(e.what()).find("can't be reached") != std::string::npos);
        CHECK(e.code().empty());
    }
}

class computing_office : public desks::office {
public:
    computing_office() {
        sql("CREATE FUNCTION compute() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "PERFORM pg_advisory_lock(4712); "
            "WHILE clock_timestamp() < statement_timestamp() + interval '1 minute' LOOP END LOOP; RETURN NEW; END $$");
        sql("CREATE TRIGGER compute BEFORE UPDATE ON sheets FOR EACH ROW EXECUTE FUNCTION compute()");
    }

    /// The server's process that is in the trigger; empty: none.
    std::string computing() {
        return ask("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 4712 AND database = "
                   "(SELECT oid FROM pg_database WHERE datname = current_database())");
    }
    bool comes_true(auto condition, std::chrono::seconds within) {
        auto const until = stint::deadline::after(within);
        while (!condition()) {
            if (until.has_passed()) return false;
            std::this_thread::sleep_for(20ms);
        }
        return true;
    }
};

}  // namespace

TEST_SUITE("core: connecting to PostgreSQL") {
    TEST_CASE("a host that takes connections and stays silent is asked once") {
        silent_host const host;
        check_unreachable(host.url() + "?connect_timeout=2", stint::deadline::none());
        CHECK(host.guests() == 1);
    }

    TEST_CASE("a host that takes connections and stays silent is asked once by a deadline, too") {
        silent_host const host;
        check_unreachable(host.url(), stint::deadline::after(1500ms));
        CHECK(host.guests() == 1);
    }

    TEST_CASE("a server looks whether its client is still there, as often as its URL says") {
        scratch_database scratch;
        auto const       interval_of = [](stint::database& db) {
            std::string found;
            db.lend()->query(
                "SELECT current_setting('client_connection_check_interval')", {},
                std::vector<stint::column_type>{{stint::data_type::text}},
                [&](std::span<stint::value> row) { found = std::get<std::string>(row.front()); },
                stint::deadline::none());
            return found;
        };
        if (scratch.ask("SELECT current_setting('server_version_num')::int >= 140000") != "true") return;
        std::string const url = std::getenv("STINT_TEST_POSTGRES");
        auto const        url_with = [&](std::string const& options) {
            return url + (url.find('?') == std::string::npos ? "?" : "&") + "options=-c" + options;
        };
        stint::database plain{url}, own{url_with("client_connection_check_interval%3D7s")},
            none{url_with("client_connection_check_interval%3D0")};
        CHECK(interval_of(plain) == "2s");
        CHECK(interval_of(own) == "7s");
        CHECK(interval_of(none) == "0");
    }

    TEST_CASE_FIXTURE(computing_office, "a client that is killed in a flush leaves no process at work" * of_a_session) {
        partner desk{EDITING_DESK, {url(), "ann", "60000"}};
        CHECK(desk.hear() == "reads 1");
        desk.say("commit");
        std::string process;
        REQUIRE(comes_true([&] { return !(process = computing()).empty(); }, 30s));
        desk.kill();
        bool const has_ended = comes_true(
            [&] { return ask("SELECT count(*) FROM pg_stat_activity WHERE pid = " + process) == "0"; }, 10s);
        CHECK(has_ended);
        if (!has_ended) sql("SELECT pg_terminate_backend(" + process + ")");
    }
}
