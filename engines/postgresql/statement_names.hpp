// statement_names: the names by which one session has its statements prepared.
//
// Each is given once. A statement that isn't sent any more, or is to be prepared anew, leaves its name behind, for the
// server to be told (DEALLOCATE): those of flushes go along with the next flush, those of single statements each in a
// round trip of its own, where a name that the server has forgotten fails nothing else. Behind a pooler that gives each
// transaction another session no name can be relied on, so none is given. Used by one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

/// A statement that a connection prepares when it first sends it.
struct pipeline_statement {
    std::string sql;
    std::string name{};  ///< empty: is never prepared by name
    bool        prepared = false;
    /// By parameter: 1 for PostgreSQL's binary form, 0 for text. Empty: all are text.
    std::vector<int> formats{};
};

class statement_names {
public:
    enum class user : std::uint8_t { single_statement, flush };

    explicit statement_names(bool can_be_relied_on) noexcept : can_be_relied_on_(can_be_relied_on) {}
    statement_names(statement_names const&) = delete;
    statement_names& operator=(statement_names const&) = delete;

    /// A name that no statement has had, "stint_7" or "stint_single_7"; empty: there is none to rely on.
    std::string next(user whose);

    /// A statement that isn't sent any more.
    void let_go(user whose, pipeline_statement& statement);
    /// Has a statement prepared anew, by another name, when it is sent the next time.
    void renew(user whose, pipeline_statement& statement);

    bool has_unused(user whose) const noexcept { return !names_of(whose).unused.empty(); }
    /// To be told the server; each once.
    std::vector<std::string> take_unused(user whose) noexcept;

private:
    struct given_names {
        std::string_view         prefix;
        std::uint64_t            count = 0;
        std::vector<std::string> unused{};  ///< prepared once, and not sent any more
    };

    given_names&       names_of(user whose) noexcept { return by_user_[static_cast<std::size_t>(whose)]; }
    given_names const& names_of(user whose) const noexcept { return by_user_[static_cast<std::size_t>(whose)]; }

    bool                       can_be_relied_on_;
    std::array<given_names, 2> by_user_{{{"stint_single_"}, {"stint_"}}};
};

}  // namespace stint
