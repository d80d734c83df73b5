#include "support/place.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <unistd.h>

namespace bench {

namespace {

std::string new_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stint-benchmark-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return pattern;
}

std::string new_schema(std::string const& server) {
    static int  last = 0;
    std::string name = "bench_";
    name += std::to_string(::getpid()) + '_' + std::to_string(++last);
    stint::database{server}.lend()->execute("CREATE SCHEMA " + name, stint::deadline::none());
    return name;
}

std::string with_parameter(std::string const& url, std::string const& parameter) {
    return url + (url.find('?') == std::string::npos ? '?' : '&') + parameter;
}

}  // namespace

place::place(std::string const& server) {
    if (server.empty()) {
        name_ = new_folder();
        path_ = name_ + "/benchmark.db";
        url_ = "sqlite:" + path_;
    } else {
        name_ = new_schema(server);
        url_ = with_parameter(server, "options=-csearch_path%3D" + name_);
    }
    db_ = std::make_unique<stint::database>(url_);
}

place::~place() {
    try {
        if (is_postgresql()) sql("DROP SCHEMA " + name_ + " CASCADE");
        db_.reset();
        if (!is_postgresql()) std::filesystem::remove_all(name_);
    } catch (std::exception const&) {  // the server is thrown away anyhow
    }
}

std::string place::url_through(unsigned short port) const {
    return with_parameter(url_, "host=127.0.0.1&port=" + std::to_string(port));
}

void place::sql(std::string_view statement) {
    db_->lend()->execute(statement, stint::deadline::none());
}

void place::tidy_up() {
    sql(is_postgresql() ? "VACUUM ANALYZE" : "ANALYZE");
}

}  // namespace bench
