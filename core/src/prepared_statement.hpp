// prepared_statement: one statement that SOCI prepared, with its parameters.
//
// SOCI binds the addresses of variables. They live here, as long as the statement.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <soci/soci.h>

#include <stint/value.hpp>

namespace stint {

/// A parameter as SOCI binds it.
struct soci_parameter {
    soci::indicator indicator = soci::i_null;
    std::string     text;

    void set_null() noexcept { indicator = soci::i_null; }
    void set(std::string v) noexcept { text = std::move(v), indicator = soci::i_ok; }
};

class prepared_statement {
public:
    /// Throws soci_error.
    prepared_statement(soci::session& session, std::string const& sql);
    prepared_statement(prepared_statement const&) = delete;
    prepared_statement& operator=(prepared_statement const&) = delete;

    /// Has encode(value, soci_parameter&) fill each parameter.
    template <typename Encode>
    void bind(std::span<value const> values, Encode const& encode) {
        resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) encode(values[i], parameters_[i]);
        bind_again_if_needed();
    }

    /// Answers whether there is a row. Throws soci_error.
    bool execute();

    template <typename Backend>
    Backend& backend() {
        return static_cast<Backend&>(*statement_.get_backend());
    }

private:
    void resize(std::size_t parameters);
    void bind_again_if_needed();

    std::vector<soci_parameter> parameters_;  // outlive what is bound to them
    soci::statement             statement_;
    bool                        bound_ = true;
};

}  // namespace stint
