// What both ways by libpq read before they write.
#pragma once

#include <string>
#include <vector>

#include "by_hand/graph_writer.hpp"
#include "by_hand/pg_link.hpp"

namespace bench {

std::vector<graph_row> oldest_rows(pg_link& link, std::string const& table, std::int64_t count);

}  // namespace bench
