#include "support/syncing_server.hpp"

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "by_hand/pg_link.hpp"

namespace bench {

namespace {

pg_link linked_to(std::string const& url) {
    pg_link server{url};
    server.prepare("fsync", "SELECT current_setting('fsync')");
    return server;
}

bool waits_for_its_disk(pg_link& server) {
    return std::string_view{PQgetvalue(server.execute("fsync").get(), 0, 0)} == "on";
}

/// A session hears of a reload a moment later.
void change(pg_link& server, std::string const& setting, bool wanted) {
    using namespace std::chrono_literals;
    server.run("ALTER SYSTEM " + setting);
    server.run("SELECT pg_reload_conf()");
    for (int tries = 0; waits_for_its_disk(server) != wanted; ++tries) {
        if (tries == 1000) throw std::runtime_error("the server's fsync can't be changed: its command line says it");
        std::this_thread::sleep_for(5ms);
    }
}

}  // namespace

syncing_server::syncing_server(std::string const& url) : url_(url) {
    auto server = linked_to(url_);
    was_off_ = !waits_for_its_disk(server);
    if (was_off_) change(server, "SET fsync = on", true);
}

syncing_server::~syncing_server() {
    if (!was_off_) return;
    try {
        auto server = linked_to(url_);
        change(server, "RESET fsync", false);
    } catch (std::exception const&) {  // the server is thrown away anyhow
    }
}

}  // namespace bench
