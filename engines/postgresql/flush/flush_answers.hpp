// flush_answers: what the server answered to the steps of a flush: keys, returned columns, refused rows.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <libpq-fe.h>

#include <stint/write_batch.hpp>

#include "flush_script.hpp"
#include "flush_sql.hpp"

namespace stint {

class flush_answers {
public:
    explicit flush_answers(write_batch const& batch);

    /// Throws schema_error and value_error for what doesn't fit its column's type.
    void take(flush_step const& step, flush_sql const& sql, PGresult const& result);

    bool has_refusals() const noexcept { return !refusals_.empty(); }
    /// Every row once, in the order of the batch.
    flush_refused refused() &&;
    flush_done    done() && { return std::move(done_); }

private:
    void take_refusals(flush_step const& step, flush_sql const& sql, PGresult const& result);
    void take_keys(flush_step const& step, std::string_view list);
    void take_returned(flush_step const& step, flush_sql const& sql, PGresult const& result);

    write_batch const&   batch_;
    flush_done           done_{};
    std::vector<refusal> refusals_{};
};

}  // namespace stint
