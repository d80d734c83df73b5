#include "by_hand/article_writer.hpp"

#include <stdexcept>

namespace bench {

void article_writer::check_all(std::int64_t written, std::vector<article_row> const& rows) {
    if (written != static_cast<std::int64_t>(rows.size())) throw std::runtime_error("by hand: a row was stale");
}

void article_writer::count_up_versions(std::vector<article_row>& rows) {
    for (auto& row : rows) ++row.version;
}

}  // namespace bench
