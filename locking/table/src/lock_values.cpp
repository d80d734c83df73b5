#include "lock_values.hpp"

namespace stint {

namespace {

void append_json(std::string& to, std::string_view text) {
    constexpr auto digits = "0123456789abcdef";
    to += '"';
    for (char const c : text) {
        auto const code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            to += '\\';
            to += c;
        } else if (code < 0x20) {
            to += "\\u00";
            to += digits[code >> 4U];
            to += digits[code & 15U];
        } else {
            to += c;
        }
    }
    to += '"';
}

}  // namespace

std::string json_of(std::span<std::string const> names) {
    std::string list = "[";
    for (auto const& name : names) {
        if (list.size() > 1) list += ',';
        append_json(list, name);
    }
    return list + ']';
}

std::string json_of(std::span<lease const> leases) {
    std::string list = "[";
    for (auto const& lease : leases) {
        list += list.size() > 1 ? ",[" : "[";
        append_json(list, lease.name);
        list += ',';
        append_json(list, lease.owner);
        list += ',' + std::to_string(lease.fence) + ']';
    }
    return list + ']';
}

std::int64_t microseconds(std::chrono::microseconds time) noexcept {
    return time.count();
}

held_lock held_lock_from(std::span<value> row) {
    auto const text = [&](std::size_t column) { return std::get<std::string>(std::move(row[column])); };
    return {.name = text(0),
            .owner = text(1),
            .label = text(2),
            .reason = text(3),
            .fence = std::get<std::int64_t>(row[4]),
            .since = std::get<timestamp>(row[5]),
            .until = std::get<timestamp>(row[6]),
            .left = std::chrono::microseconds{std::get<std::int64_t>(row[7])},
            .broken_by = text(8)};
}

bool is_there(std::span<value const> row) noexcept {
    return !is_null(row.front());
}

deadline end_of_lease(deadline::clock::time_point request_began, value const& rest) {
    return deadline::at(request_began + std::chrono::microseconds{std::get<std::int64_t>(rest)});
}

}  // namespace stint
