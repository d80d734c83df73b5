#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "scratch_database.hpp"

namespace {

std::string new_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stint-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return pattern;
}

}  // namespace

scratch_database::scratch_database()
    : place_(new_folder()), url_("sqlite:" + place_ + "/scratch.db"), db_(std::make_unique<stint::database>(url_)) {}

scratch_database::~scratch_database() {
    db_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(place_, ignored);
}

bool scratch_database::is_postgresql() noexcept {
    return false;
}
