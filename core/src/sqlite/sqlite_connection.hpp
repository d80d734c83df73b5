// A connection to a SQLite database.
#pragma once

#include <stint/connection.hpp>

#include "../soci_connection.hpp"
#include "sqlite_url.hpp"

// SOCI's header puts SQLite into the namespace sqlite_api.
#include <soci/sqlite3/soci-sqlite3.h>

namespace stint {

class sqlite_connection final : public soci_connection {
public:
    /// Throws connection_error.
    sqlite_connection(sqlite_url const& url, std::shared_ptr<live_counters> counters, deadline until);

    std::string_view engine() const noexcept override { return "sqlite"; }
    bool             is_clean() noexcept override { return !in_transaction(); }
    bool             answers(deadline) noexcept override { return true; }

private:
    void set_up(sqlite_url const& url, deadline until);
    void switch_to_wal(deadline until);
    /// Until when statements wait for somebody else's transaction.
    void be_busy_until(deadline until) noexcept;

    void count_statement() noexcept override { ++counted().statements; }
    void count_prepared() noexcept override { ++counted().prepared; }

    void limit(deadline until) override;
    bool in_transaction() noexcept override;
    void send_begin(isolation level, deadline until) override;
    void send_commit(deadline until) override;
    void send_rollback() override;

    void          check_prepared(prepared_statement& statement, std::string_view sql) override;
    std::size_t   parameters_of(prepared_statement& statement) override;
    void          encode(value const& from, soci_parameter& to) const override;
    std::uint64_t execute(prepared_statement& statement, std::span<column_type const> types,
                          row_sink const* sink) override;
    bool          can_be_prepared(std::string_view sql) noexcept;
    void          translate(soci::soci_error const& error, failure const& where) override;

    sqlite_api::sqlite3* handle() noexcept;

    std::string                 address_;
    deadline                    limited_ = deadline::none();  // what the progress handler looks at
    deadline                    busy_until_ = deadline::none();
    std::optional<std::int64_t> clock_reading_{};  // of the statement that is running
};

}  // namespace stint
