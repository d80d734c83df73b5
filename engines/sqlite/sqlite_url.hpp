// sqlite_url: sqlite:PATH?mode=..., read.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace stint {

struct sqlite_url {
    enum class mode : unsigned char { create, existing, read_only };

    std::string           address;  ///< without parameters, for messages
    std::filesystem::path path{};   ///< absolute; empty for a database in memory
    mode                  open = mode::create;

    bool in_memory() const noexcept { return path.empty(); }
};

/// Throws usage_error.
sqlite_url parse_sqlite_url(std::string_view url);

}  // namespace stint
