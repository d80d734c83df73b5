#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include <stint/connection.hpp>
#include <stint/engine.hpp>
#include <stint/error.hpp>

// How connections to a PostgreSQL server begin.

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
        stint::make_engine(url)->connect(std::make_shared<stint::live_counters>(), until);
        FAIL("it was opened");
    } catch (stint::connection_error const& e) {
        CHECK(std::string(e.what()).find("can't be reached") != std::string::npos);
        CHECK(e.code().empty());
    }
}

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
}
