#include "postgresql_types.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "text_check.hpp"

namespace stint {
namespace {

// From pg_type.dat; these numbers never change.
enum type_oid : Oid {
    boolean_oid = 16,
    bytea_oid = 17,
    char_oid = 18,
    name_oid = 19,
    int8_oid = 20,
    int2_oid = 21,
    int4_oid = 23,
    float4_oid = 700,
    float8_oid = 701,
    money_oid = 790,
    bpchar_oid = 1042,
    varchar_oid = 1043,
    date_oid = 1082,
    time_oid = 1083,
    timestamp_oid = 1114,
    timestamptz_oid = 1184,
    interval_oid = 1186,
    timetz_oid = 1266,
    numeric_oid = 1700
};

constexpr int header = 4;  // that a modifier counts before a length or precision

bool is_one_of(Oid oid, std::initializer_list<Oid> list) noexcept {
    return std::ranges::find(list, oid) != list.end();
}

bool is_integer(Oid type) noexcept {
    return is_one_of(type, {int2_oid, int4_oid, int8_oid});
}

bool is_float(Oid type) noexcept {
    return is_one_of(type, {float4_oid, float8_oid});
}

/// Of a numeric with a modifier. The scale takes the lowest 11 bits, with its sign.
struct digits {
    explicit digits(std::int32_t modifier) noexcept
        : precision(((modifier - header) >> 16) & 0xFFFF), scale((((modifier - header) & 0x7FF) ^ 1024) - 1024) {}
    int precision, scale;
};

column_fit kept_if(bool condition) noexcept {
    return condition ? column_fit::good : column_fit::converts;
}

column_fit fit_of_integer(column_facts const& facts, value_range needed) noexcept {
    constexpr int digits_of_clock = 16;
    if (is_float(facts.type_code)) return column_fit::converts;
    bool const all = needed == value_range::of_clock;
    if (is_one_of(facts.type_code, {int2_oid, int4_oid})) return all ? column_fit::too_small : column_fit::good;
    if (facts.type_code == int8_oid) return column_fit::good;
    if (facts.type_code != numeric_oid) return column_fit::other_type;
    if (facts.modifier < 0) return column_fit::good;
    auto const [precision, scale] = digits(facts.modifier);
    if (scale < 0) return column_fit::converts;
    return all && precision - scale < digits_of_clock ? column_fit::too_small : column_fit::good;
}

column_fit fit_of_numeric(int scale, column_facts const& facts) noexcept {
    if (is_float(facts.type_code)) return column_fit::converts;
    if (is_integer(facts.type_code)) return kept_if(scale == 0);
    if (facts.type_code != numeric_oid) return column_fit::other_type;
    return kept_if(facts.modifier < 0 || digits(facts.modifier).scale >= scale);
}

column_fit fit_of_real(column_facts const& facts) noexcept {
    if (facts.type_code == float8_oid) return column_fit::good;
    if (facts.type_code == float4_oid) return column_fit::converts;
    return facts.type_code == numeric_oid ? kept_if(facts.modifier < 0) : column_fit::other_type;
}

column_fit fit_of_text(column_facts const& facts) noexcept {
    if (is_one_of(facts.type_code, {name_oid, char_oid})) return column_fit::converts;
    return is_readable_as(facts.type_code, data_type::text) ? column_fit::good : column_fit::other_type;
}

column_fit fit_of_instant(column_facts const& facts) noexcept {
    constexpr int microseconds = 6;
    if (facts.type_code == date_oid) return column_fit::converts;
    if (!is_one_of(facts.type_code, {timestamptz_oid, timestamp_oid})) return column_fit::other_type;
    return kept_if(facts.modifier < 0 || facts.modifier >= microseconds);
}

// Values.

std::string longer_than(column_facts const& facts) {
    return "is longer than " + facts.type;
}

std::string out_of_range(column_facts const& facts) {
    return "is out of the range of " + facts.type;
}

struct unfit_of_type {
    column_type         mapped;
    column_facts const* facts;

    std::string operator()(std::string const& text) const {
        if (auto const flaw = flaw_of(text); !flaw.empty()) return std::string(flaw);
        bool const has_length = facts != nullptr && facts->modifier >= header &&
                                is_one_of(facts->type_code, {varchar_oid, bpchar_oid});
        if (!has_length) return {};
        auto const content = text.substr(0, text.find_last_not_of(' ') + 1);  // spaces at the end are let go
        return characters(content) > static_cast<std::size_t>(facts->modifier - header) ? longer_than(*facts) : "";
    }
    std::string operator()(std::int64_t number) const {
        if (mapped.kind == data_type::numeric) return (*this)(decimal(number));
        if (facts == nullptr) return {};
        if (facts->type_code == int2_oid && !std::in_range<std::int16_t>(number)) return out_of_range(*facts);
        if (facts->type_code == int4_oid && !std::in_range<std::int32_t>(number)) return out_of_range(*facts);
        return has_room(decimal(number)) ? "" : out_of_range(*facts);
    }
    std::string operator()(decimal const& number) const {
        if (!number.fits(mapped.scale)) return "has more than " + std::to_string(mapped.scale) + " decimals";
        if (facts != nullptr && is_integer(facts->type_code) && number.fits(0))
            return unfit_of_type{{}, facts}(number.rescaled(0).units());
        return has_room(number) ? "" : out_of_range(*facts);
    }
    std::string operator()(double number) const {
        bool const limited = facts != nullptr && facts->type_code == numeric_oid && facts->modifier >= 0;
        bool const infinite = number > std::numeric_limits<double>::max() ||
                              number < std::numeric_limits<double>::lowest();
        return limited && infinite ? out_of_range(*facts) : "";
    }
    std::string operator()(timestamp time) const {
        constexpr std::int64_t first = -210'866'803'200;  // seconds; 24 November 4714 BC
        bool const             too_early = time.time_since_epoch() < std::chrono::seconds{first};
        return too_early && time != timestamp::min() ? "is before the first day that PostgreSQL knows" : "";
    }
    std::string operator()(auto const&) const { return {}; }

    bool has_room(decimal const& number) const {
        if (facts == nullptr || facts->type_code != numeric_oid || facts->modifier < 0) return true;
        auto const [precision, scale] = digits(facts->modifier);
        auto const text = number.to_string();
        auto const start = text.find_first_of("123456789");
        auto const point = std::min(text.find('.'), text.size());
        return start >= point || point - start <= static_cast<std::size_t>(std::max(precision - scale, 0));
    }
};

}  // namespace

// What a mapping calls text may be an enumeration, a uuid, a type of one's own. And sums of integers are numeric.
bool is_readable_as(Oid type, data_type mapped) noexcept {
    switch (mapped) {
    case data_type::boolean: return type == boolean_oid;
    case data_type::integer:
    case data_type::numeric: return is_integer(type) || type == numeric_oid;
    case data_type::real: return is_float(type) || type == numeric_oid;
    case data_type::text:
        return !is_integer(type) && !is_float(type) &&
               !is_one_of(type, {boolean_oid, numeric_oid, money_oid, bytea_oid, date_oid, time_oid, timetz_oid,
                                 timestamp_oid, timestamptz_oid, interval_oid});
    case data_type::instant: return is_one_of(type, {timestamptz_oid, timestamp_oid});
    }
    return false;
}

column_fit fit_on_postgresql(column_type mapped, column_facts const& facts, value_range needed) noexcept {
    switch (mapped.kind) {
    case data_type::boolean: return facts.type_code == boolean_oid ? column_fit::good : column_fit::other_type;
    case data_type::integer: return fit_of_integer(facts, needed);
    case data_type::real: return fit_of_real(facts);
    case data_type::text: return fit_of_text(facts);
    case data_type::numeric: return fit_of_numeric(mapped.scale, facts);
    case data_type::instant: return fit_of_instant(facts);
    }
    return column_fit::other_type;
}

std::string why_unfit_on_postgresql(value const& v, column_type mapped, column_facts const* facts) {
    return std::visit(unfit_of_type{mapped, facts}, v);
}

}  // namespace stint
