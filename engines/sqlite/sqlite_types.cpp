#include "sqlite_types.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <initializer_list>

#include "text_check.hpp"

namespace stint {
namespace {

std::string upper(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
    return result;
}

bool is_one_of(sqlite_affinity affinity, std::initializer_list<sqlite_affinity> list) noexcept {
    return std::ranges::find(list, affinity) != list.end();
}

/// What becomes an integer on its way.
bool keeps_integers(sqlite_affinity affinity) noexcept {
    using enum sqlite_affinity;
    return is_one_of(affinity, {none, integer, strict_integer, numeric});
}

bool keeps(column_type mapped, sqlite_affinity affinity) noexcept {
    using enum sqlite_affinity;
    switch (mapped.kind) {
    case data_type::boolean:
    case data_type::integer:
    case data_type::instant: return keeps_integers(affinity);
    case data_type::numeric: return keeps_integers(affinity) && (affinity != numeric || mapped.scale == 0);
    case data_type::real: return is_one_of(affinity, {none, real, integer, numeric});
    case data_type::text: return is_one_of(affinity, {none, text});
    }
    return false;
}

}  // namespace

// In the order of the documentation's rules.
sqlite_affinity affinity_of(std::string_view declared, bool strict) {
    auto const type = upper(declared);
    auto const names = [&](std::string_view part) { return type.find(part) != std::string::npos; };
    if (strict && type == "BLOB") return sqlite_affinity::strict_blob;
    if (strict && type == "ANY") return sqlite_affinity::none;
    if (names("INT")) return strict ? sqlite_affinity::strict_integer : sqlite_affinity::integer;
    if (names("CHAR") || names("CLOB") || names("TEXT")) return sqlite_affinity::text;
    if (type.empty() || names("BLOB")) return sqlite_affinity::none;
    if (names("REAL") || names("FLOA") || names("DOUB")) return sqlite_affinity::real;
    return sqlite_affinity::numeric;
}

column_fit fit_on_sqlite(column_type mapped, sqlite_affinity affinity) noexcept {
    if (affinity == sqlite_affinity::strict_blob) return column_fit::other_type;
    return keeps(mapped, affinity) ? column_fit::good : column_fit::converts;
}

std::string why_unfit_on_sqlite(value const& v, column_type mapped) {
    if (auto const* const text = std::get_if<std::string>(&v)) return std::string(flaw_of(*text));
    if (auto const* const number = std::get_if<double>(&v)) return std::isnan(*number) ? "is not a number" : "";
    auto const* const number = std::get_if<decimal>(&v);
    if (number == nullptr || number->fits(mapped.scale)) return {};
    return "has more than " + std::to_string(mapped.scale) + " decimals";
}

}  // namespace stint
