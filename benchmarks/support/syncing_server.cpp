#include "support/syncing_server.hpp"

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "by_hand/pg_link.hpp"

namespace bench {

namespace {

bool waits_for_its_disk(pg_link& server) {
    return std::string_view{PQgetvalue(server.execute("fsync").get(), 0, 0)} == "on";
}

/// A session hears of a reload a moment later.
void await(pg_link& server, bool wanted) {
    using namespace std::chrono_literals;
    for (int tries = 0; waits_for_its_disk(server) != wanted; ++tries) {
        if (tries == 1000) throw std::runtime_error("the server's fsync can't be changed: its command line says it");
        std::this_thread::sleep_for(5ms);
    }
}

}  // namespace

syncing_server::syncing_server(std::string const& url) : url_(url) {
    pg_link server{url_};
    server.prepare("fsync", "SELECT current_setting('fsync')");
    was_off_ = !waits_for_its_disk(server);
    if (!was_off_) return;
    server.run("ALTER SYSTEM SET fsync = on");
    server.run("SELECT pg_reload_conf()");
    await(server, true);
}

syncing_server::~syncing_server() {
    if (!was_off_) return;
    try {
        pg_link server{url_};
        server.prepare("fsync", "SELECT current_setting('fsync')");
        server.run("ALTER SYSTEM RESET fsync");
        server.run("SELECT pg_reload_conf()");
        await(server, false);
    } catch (std::exception const&) {  // the server is thrown away anyhow
    }
}

}  // namespace bench
