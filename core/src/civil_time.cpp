#include "civil_time.hpp"

namespace stint {
namespace {

constexpr std::int64_t day_length = 86'400'000'000;
constexpr std::int64_t days_of_400_years = 146'097;

// Years are counted from March, so that a leap day is the last of its year.
constexpr std::int64_t from_0000_03_01 = 719'468;

constexpr std::int64_t floor_div(std::int64_t number, std::int64_t divisor) noexcept {
    return number / divisor - (number % divisor < 0 ? 1 : 0);
}

void set_date(civil_time& time, std::int64_t days) noexcept {
    days += from_0000_03_01;
    auto const era = floor_div(days, days_of_400_years);
    auto const day_of_era = days - era * days_of_400_years;
    auto const year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    auto const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    auto const month = (5 * day_of_year + 2) / 153;
    time.day = static_cast<unsigned>(day_of_year - (153 * month + 2) / 5 + 1);
    time.month = static_cast<unsigned>(month < 10 ? month + 3 : month - 9);
    time.year = year_of_era + era * 400 + (time.month <= 2 ? 1 : 0);
}

std::int64_t days_of(civil_time const& time) noexcept {
    auto const year = time.year - (time.month <= 2 ? 1 : 0);
    auto const era = floor_div(year, 400);
    auto const year_of_era = year - era * 400;
    auto const month = static_cast<std::int64_t>(time.month > 2 ? time.month - 3 : time.month + 9);
    auto const day_of_year = (153 * month + 2) / 5 + time.day - 1;
    return era * days_of_400_years + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           from_0000_03_01;
}

}  // namespace

civil_time to_civil(timestamp time) noexcept {
    auto const since_epoch = time.time_since_epoch().count();
    auto const days = floor_div(since_epoch, day_length);
    auto const of_day = (since_epoch % day_length + day_length) % day_length;

    civil_time result;
    set_date(result, days);
    result.hour = static_cast<unsigned>(of_day / 3'600'000'000);
    result.minute = static_cast<unsigned>(of_day / 60'000'000 % 60);
    result.second = static_cast<unsigned>(of_day / 1'000'000 % 60);
    result.microsecond = static_cast<unsigned>(of_day % 1'000'000);
    return result;
}

timestamp from_civil(civil_time const& time) noexcept {
    auto const seconds = time.hour * 3'600 + time.minute * 60 + time.second;
    auto const of_day = static_cast<std::int64_t>(seconds) * 1'000'000 + time.microsecond;
    return timestamp{std::chrono::microseconds{days_of(time) * day_length + of_day}};
}

}  // namespace stint
