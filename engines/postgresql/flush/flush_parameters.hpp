// flush_parameters: a step's values as the texts that its statement takes: one a row, or an array of all rows.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <stint/write_batch.hpp>

#include "flush_script.hpp"
#include "flush_sql.hpp"
#include "postgresql_pipeline.hpp"

namespace stint {

class flush_parameters {
public:
    /// `token` is what errors say that the flush raises.
    flush_parameters(write_batch const& batch, flush_script const& script, std::string token)
        : batch_(batch), script_(script), token_(std::move(token)) {}

    std::string const& token() const noexcept { return token_; }

    /// Valid until the next call. Throws value_error and usage_error for values that the columns can't keep.
    std::span<postgresql_pipeline::parameter const> of(flush_step const& step, flush_sql const& sql);

private:
    postgresql_pipeline::parameter text_of(flush_step const& step, flush_parameter const& what) const;
    std::string                    array_of(flush_step const& step, flush_parameter const& what) const;
    std::string                    binary_array_of(flush_step const& step, flush_parameter const& what) const;
    value        value_of(flush_step const& step, std::size_t index, flush_parameter const& what) const;
    value        content(value const& v, column const& where) const;
    value        number_of(value const& v) const;
    value const& resolved(value const& v) const;

    write_batch const&                          batch_;
    flush_script const&                         script_;
    std::string                                 token_;
    std::vector<postgresql_pipeline::parameter> texts_{};
};

}  // namespace stint
