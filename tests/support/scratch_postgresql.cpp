#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "scratch_database.hpp"

namespace {

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

}  // namespace

scratch_database::scratch_database()
    : place_(new_schema()), url_(url_in(place_)), db_(std::make_unique<stint::database>(url_)) {}

scratch_database::~scratch_database() {
    try {
        sql("DROP SCHEMA " + place_ + " CASCADE");
    } catch (std::exception const&) {  // the server is thrown away anyhow
    }
}

bool scratch_database::is_postgresql() noexcept {
    return true;
}
