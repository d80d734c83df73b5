// incrementer: one client that adds 1 to the hot row, again and again until it lands, by hand on PostgreSQL.
#pragma once

#include <functional>
#include <string>

namespace bench {

/// Adds 1. For one thread; keeps a connection.
using incrementer = std::function<void()>;

/// Read, BEGIN, UPDATE where the version is the one that was read, COMMIT: four round trips, as other mappers do it. When
/// somebody was faster, ROLLBACK and again at once.
incrementer increment_interactively(std::string const& url);
/// BEGIN, SELECT FOR UPDATE, UPDATE, COMMIT.
incrementer increment_locked(std::string const& url);

}  // namespace bench
