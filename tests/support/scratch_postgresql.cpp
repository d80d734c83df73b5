#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "scratch_database.hpp"

namespace {

bool is_through_pooler() {
    return std::getenv("STINT_TEST_THROUGH_POOLER") != nullptr;
}

std::string server() {
    auto const* url = std::getenv("STINT_TEST_POSTGRES");
    if (url == nullptr) throw std::runtime_error("STINT_TEST_POSTGRES names no server: run scripts/test");
    return url;
}

std::string new_schema() {
    static std::atomic<int> last{0};
    auto                    name = "stint_" + std::to_string(::getpid()) + "_" + std::to_string(++last);
    stint::database{server()}.lend()->execute("CREATE SCHEMA " + name, stint::deadline::none());
    return name;
}

std::string url_in(std::string const& schema) {
    auto const url = server();
    return url + (url.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + schema;
}

// Behind a pooler a session can't be told where to look. There are some databases in which each looks for this schema
// (scripts/lib/postgres.sh), and one test at a time.
std::atomic<int>      pooled_ones{0};
constexpr auto const* pooled_schema = "scratch";

std::string new_pooled_url() {
    auto const url = std::string(std::getenv("STINT_TEST_POOLER")) + "/pooled_" + std::to_string(++pooled_ones) +
                     "?pooler=transaction";
    stint::database database{url};
    auto const      connection = database.lend();
    connection->execute("DROP SCHEMA IF EXISTS scratch CASCADE", stint::deadline::none());
    connection->execute("CREATE SCHEMA scratch", stint::deadline::none());
    return url;
}

}  // namespace

scratch_database::scratch_database()
    : place_(is_through_pooler() ? pooled_schema : new_schema()),
      url_(is_through_pooler() ? new_pooled_url() : url_in(place_)), db_(std::make_unique<stint::database>(url_)) {}

scratch_database::~scratch_database() {
    try {
        sql("DROP SCHEMA " + place_ + " CASCADE");
    } catch (std::exception const&) {  // the server is thrown away anyhow
    }
    if (is_through_pooler()) --pooled_ones;
}

bool scratch_database::is_postgresql() noexcept {
    return true;
}
