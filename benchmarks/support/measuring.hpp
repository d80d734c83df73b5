// measuring: one run of the benchmarks: what is wanted, how thoroughly, and the lines so far.
//
//     if (!run.wants("postgresql/get")) return;
//     auto const took = medians_in_turns(ways, run.pace_of("postgresql/get"));
//     run.add({.name = "postgresql/get", .stint = took[0][0].count(), .other = took[1][0].count(),
//              .other_name = "libpq"});
#pragma once

#include <chrono>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "support/in_turns.hpp"
#include "support/report.hpp"

namespace bench {

struct options {
    bool                      quick = false;
    std::optional<std::regex> filter{};
    std::string               json_file{};
    std::string               server{};  ///< the URL of a PostgreSQL server; without one, what needs it is left out
};

class measuring {
public:
    explicit measuring(options given);

    bool               quick() const noexcept { return given_.quick; }
    bool               has_server() const noexcept { return !given_.server.empty(); }
    std::string const& server() const noexcept { return given_.server; }

    /// Whether the filter lets a name through; then it is what the progress shows from now on.
    bool wants(std::string const& name);

    /// About `thorough` long; an eighth of it in a quick run.
    pace pace_for(std::chrono::duration<double> thorough = std::chrono::seconds{3}, int at_least = 5) const;
    /// The one, or in a quick run the other.
    template <class T>
    T either(T thorough, T quick) const {
        return given_.quick ? quick : thorough;
    }

    /// Prints it, too.
    void add(row one);
    /// Says why something is left out.
    void note(std::string const& text);

    std::vector<row> const& rows() const noexcept { return rows_; }

private:
    void show_progress(std::string const& text);
    void clear_progress();

    options                               given_;
    bool                                  on_terminal_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    std::vector<row>                      rows_{};
};

}  // namespace bench
