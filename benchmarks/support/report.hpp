// report: what was measured, as a table for people, line by line, and as JSON for programs.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace bench {

/// What a number should be.
struct goal {
    enum class bound { at_most, at_least, near };

    bound  is = bound::at_most;
    double value = 0;
    double within = 0;  ///< of near

    bool        is_met_by(double measured) const noexcept;
    std::string to_string() const;
};

constexpr goal at_most(double value) noexcept {
    return {goal::bound::at_most, value};
}
constexpr goal at_least(double value) noexcept {
    return {goal::bound::at_least, value};
}
constexpr goal near(double value, double within) noexcept {
    return {goal::bound::near, value, within};
}

/// One line. A goal is one for the ratio, or for Stint's number where there is no other.
struct row {
    std::string           name{};
    double                stint = 0;
    std::optional<double> other{};
    std::string           other_name{};
    std::string           unit = "us";
    std::optional<goal>   wanted{};

    /// Stint's number over the other's.
    std::optional<double> ratio() const;
    std::optional<bool>   ok() const;
};

void print_head(std::ostream& out);
void print_line(std::ostream& out, row const& one);
/// {"machine": ..., "rows": [...]}
void print_json(std::ostream& out, std::vector<row> const& rows, std::string const& server);

}  // namespace bench
