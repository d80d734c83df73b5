// flush_failure: what a server refused of a flush, where it stood, and what follows from that.
//
// A failure is known by its code, its place in the pipeline, and the token that this flush made the server say; never
// by the text of a message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <stint/connection.hpp>
#include <stint/deadline.hpp>
#include <stint/error.hpp>
#include <stint/write_batch.hpp>

#include "flush_script.hpp"
#include "postgresql_pipeline.hpp"
#include "postgresql_session.hpp"
#include "postgresql_tables.hpp"

namespace stint {

/// A prepared statement that the session has forgotten.
inline constexpr std::string_view lost_statement = "26000";

/// How a flush ended. What follows from each: postgresql_flush.hpp.
enum class flush_ending : std::uint8_t {
    committed,
    refused,
    short_of_rows,
    not_unique,  ///< a new row, whose key the database gave
    unclear,
    outdated,
    in_doubt,
    failed
};

/// What a statement of the pipeline is there for.
enum class flush_purpose : std::uint8_t { other, stop, write, commit };

struct sent_statement {
    flush_purpose     purpose = flush_purpose::other;
    std::size_t       shape = 0;
    flush_step const* step = nullptr;  ///< of a row's checks and writes
};

class flush_failure {
public:
    /// Both must live as long as this.
    flush_failure(write_batch const& batch, std::string const& token) noexcept : batch_(batch), token_(token) {}

    /// What failed first of what was sent, if anything did.
    void note(std::optional<postgresql_pipeline::failed_statement> failed, std::span<sent_statement const> sent);

    explicit    operator bool() const noexcept { return failed_.has_value(); }
    std::string code() const;
    /// Not at COMMIT: the server has rolled back.
    bool             is_before_commit() const noexcept { return failed_ && at_.purpose != flush_purpose::commit; }
    row_shape const& shape() const { return batch_.shapes()[at_.shape]; }

    /// What the code and the place say: refused, short_of_rows, not_unique, outdated (only where there were statements
    /// that could be), or failed.
    flush_ending judge(bool had_kept_statements) const;

    /// Of what is not unique: whether it is the key that the database gave, and not another rule. A sequence that is
    /// behind gives keys that are taken: that is nobody's fault but the flush's, which then has to step over them. Asks
    /// the database, after the ROLLBACK, in a round trip of its own.
    bool is_of_key(connection& link, deadline until) const;
    /// A view's trigger has made a row and told no key, or one out of range. The portable executor can't write a view
    /// that was to give a key.
    bool is_new_row_of_view(postgresql_tables const& tables) const;

    /// Throws the error that it is.
    [[noreturn]] void raise(postgresql_session const& session, bool connection_lost, deadline until) const;
    /// Which table, row, columns and rule; asks the database, after the ROLLBACK.
    void tell_subject(connection& link, constraint_violation& refused) const;

private:
    bool                       is_raised_here() const;
    bool                       is_new_row_without_key() const;
    std::optional<std::size_t> row_of(constraint_violation const& refused) const;

    write_batch const&                                   batch_;
    std::string const&                                   token_;
    std::optional<postgresql_pipeline::failed_statement> failed_{};
    sent_statement                                       at_{};
};

}  // namespace stint
