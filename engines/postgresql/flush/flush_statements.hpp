// flush_statements: the statements of pipelined flushes that one connection keeps prepared, by shape and form.
//
// The least recently used ones go when there are too many. Where names can't be relied on (a pooler that gives each
// transaction another server connection) statements go without.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <stint/write_batch.hpp>

#include "flush_form.hpp"
#include "flush_sql.hpp"
#include "postgresql_pipeline.hpp"

namespace stint {

class flush_statements {
public:
    struct kept {
        row_shape          shape;
        flush_form         form;
        flush_sql          sql;
        pipeline_statement statement;
        std::uint64_t      last_use = 0;
        std::uint32_t      runs = 0;            ///< so often it was sent
        bool               is_planned = false;  ///< for good, by flush_plans
    };

    explicit flush_statements(bool by_name);

    /// Stays where it is until the next make_room() or forget().
    template <typename Render>
    kept& get(row_shape const& shape, flush_form const& form, Render const& render) {
        auto const  hash = hash_of(shape, form);
        auto* const known = find(hash, shape, form);
        auto&       result = known ? *known : keep(hash, {shape, form, render(), {}});
        result.last_use = ++uses_;
        return result;
    }

    pipeline_statement begin, stop_if_refused, commit;

    bool is_empty() const noexcept { return statements_.empty(); }
    /// Between two flushes: lets go of the least used.
    void make_room();
    /// Between two flushes: prepares anew what flush_plans had planned.
    void forget_plans();
    /// The tables have changed: prepares everything anew.
    void forget();
    /// The session has lost all of them.
    void forget_lost();
    /// Names of prepared statements that nobody will use again, to be told the server; each once.
    std::vector<std::string> take_unused() noexcept { return std::exchange(unused_, {}); }

private:
    static std::size_t hash_of(row_shape const& shape, flush_form const& form) noexcept;
    kept*              find(std::size_t hash, row_shape const& shape, flush_form const& form);
    kept&              keep(std::size_t hash, kept fresh);
    pipeline_statement fixed(char const* sql);
    std::string        new_name();
    void               drop(pipeline_statement& one);

    bool                                       by_name_;
    std::uint64_t                              names_ = 0, uses_ = 0;
    std::unordered_multimap<std::size_t, kept> statements_{};
    std::vector<std::string>                   unused_{};
};

}  // namespace stint
