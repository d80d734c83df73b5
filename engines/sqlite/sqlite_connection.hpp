// A connection to a SQLite database.
#pragma once

#include <vector>

#include "sql_connection.hpp"
#include "sqlite_session.hpp"

namespace stint {

class sqlite_connection final : public sql_connection {
public:
    /// Throws connection_error.
    sqlite_connection(sqlite_url const& url, std::shared_ptr<live_counters> counters, deadline until);

    std::string_view engine() const noexcept override { return "sqlite"; }
    bool             is_clean() noexcept override { return !in_transaction() && !session_.is_in_doubt(); }
    bool             answers(deadline) noexcept override { return true; }

    std::vector<unique_rule> unique_rules(std::span<std::string const> tables, deadline until) override;

private:
    bool               in_transaction() noexcept override { return session_.in_transaction(); }
    std::string const& address() const noexcept override { return session_.address(); }
    flush_outcome      send_flush(write_batch const& batch, deadline until) override;
    void               learn(std::span<std::string_view const> tables, bool anew, deadline until) override;
    table_facts const* facts_of(std::string_view table) const noexcept override {
        return session_.tables().known(table);
    }
    bool is_about_a_value(database_error const&) const noexcept override { return false; }

    void send_begin(isolation level, deadline until) override;
    void send_commit(deadline until) override;
    void send_rollback() override;

    sqlite_session::commits what_it_commits(sqlite_statement const& statement, std::string_view sql);

    std::uint64_t run(std::string_view sql, std::span<value const> parameters, std::span<column_type const> types,
                      row_sink const* sink, deadline until) override;
    std::uint64_t send(sqlite_statement& statement, std::span<value const> parameters,
                       std::span<column_type const> types, row_sink const* sink);
    void          tell_subject(constraint_violation& refused);
    void          pass_on(sqlite_statement const& statement, std::span<column_type const> types, row_sink const& sink);

    sqlite_session     session_;
    std::vector<value> row_;  // its room, for the next read
    bool               reading_ = false;
    write_batch const* flushed_ = nullptr;  // by a flush that is under way
};

}  // namespace stint
