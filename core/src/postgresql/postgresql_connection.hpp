// A connection to a PostgreSQL server.
#pragma once

#include <chrono>
#include <optional>

#include "../soci_connection.hpp"
#include "flush_statements.hpp"
#include "postgresql_tables.hpp"
#include "postgresql_url.hpp"

#include <soci/postgresql/soci-postgresql.h>

namespace stint {

class postgresql_connection final : public soci_connection {
public:
    /// Throws connection_error.
    postgresql_connection(postgresql_url const& url, std::shared_ptr<live_counters> counters, deadline until);
    ~postgresql_connection() override;

    std::string_view         engine() const noexcept override { return "postgresql"; }
    flush_outcome            flush(write_batch const& batch, deadline until) override;
    bool                     listen(std::string_view channel, deadline until) override;
    std::vector<std::string> wait_for_notices(deadline until) override;
    bool                     is_clean() noexcept override;
    bool                     answers(deadline until) noexcept override;

private:
    void count_statement() noexcept override;
    void count_prepared() noexcept override;

    void limit(deadline until) override;
    bool in_transaction() noexcept override;
    void send_begin(isolation level, deadline until) override;
    void send_commit(deadline until) override;
    void send_rollback() override;

    std::size_t   parameters_of(prepared_statement& statement) override;
    void          encode(value const& from, soci_parameter& to) const override;
    std::uint64_t execute(prepared_statement& statement, std::span<column_type const> types,
                          row_sink const* sink) override;
    void          drop_oldest_statement() override;
    bool          is_outdated(soci::soci_error const& error) const noexcept override;
    void          drop_statement(std::string_view sql) override;
    void          translate(soci::soci_error const& error, failure const& where) override;

    /// Until when the server lets a statement run, and how it was told.
    struct time_limit {
        deadline                  until = deadline::none();
        std::chrono::milliseconds timeout{0};  ///< 0: the server's own
    };

    /// Sends SQL without parameters, unprepared; answers the command's tag.
    std::string command(std::string const& sql, deadline until);
    void        check_not_passed(deadline until) const;
    bool        is_limited(deadline until) noexcept;
    time_limit& current_limit() noexcept;
    void        forget_ended_transaction() noexcept;
    bool        wait_for_input(deadline until) noexcept;
    /// Takes what has come; throws when the connection is lost.
    std::vector<std::string> take_notices();

    PGconn* handle() noexcept;

    std::string               address_;
    time_limit                limit_{};
    std::optional<time_limit> limit_in_transaction_{};  ///< ends with the transaction
    bool                      listening_ = false;
    flush_statements          flush_statements_;
    postgresql_tables         tables_{};
};

}  // namespace stint
