// A connection to a PostgreSQL server.
#pragma once

#include <memory>
#include <vector>

#include "flush_statements.hpp"
#include "postgresql_session.hpp"
#include "postgresql_tables.hpp"
#include "postgresql_url.hpp"
#include "sql_connection.hpp"

namespace stint {

class postgresql_connection final : public sql_connection {
public:
    /// Throws connection_error.
    postgresql_connection(postgresql_url const& url, std::shared_ptr<known_tables> tables,
                          std::shared_ptr<live_counters> counters, deadline until);

    std::string_view         engine() const noexcept override { return "postgresql"; }
    std::vector<unique_rule> unique_rules(std::span<std::string const> tables, deadline until) override;
    bool                     listen(std::string_view channel, deadline until) override;
    std::vector<std::string> wait_for_notices(deadline until) override;
    bool                     is_clean() noexcept override;
    bool                     answers(deadline until) noexcept override;

private:
    bool               in_transaction() noexcept override { return session_.in_transaction(); }
    std::string const& address() const noexcept override { return session_.address(); }
    flush_outcome      send_flush(write_batch const& batch, deadline until) override;
    void               learn(std::span<std::string_view const> tables, bool anew, deadline until) override;
    table_facts const* facts_of(std::string_view table) const noexcept override { return tables_.find(table); }
    bool               is_about_a_value(database_error const& e) const noexcept override;

    void          send_begin(isolation level, deadline until) override;
    std::string   tag_of_commit(deadline until);
    void          send_commit(deadline until) override;
    void          send_rollback() override;
    std::uint64_t run(std::string_view sql, std::span<value const> parameters, std::span<column_type const> types,
                      row_sink const* sink, deadline until) override;

    void pass_on(PGresult const& result, std::span<column_type const> types, row_sink const& sink);
    bool wait_for_input(deadline until) noexcept;
    /// Takes what has come; throws when the connection is lost.
    std::vector<std::string> take_notices();

    PGconn* handle() noexcept { return session_.handle(); }

    postgresql_tables  tables_;
    postgresql_session session_;
    flush_statements   flush_statements_;
    std::uint64_t      statements_of_age_ = 0;  ///< of the tables, when single statements were prepared
    bool               listening_ = false;
    bool               reading_ = false;

    std::vector<postgresql_pipeline::parameter> texts_{};  // of the statement that is sent
    std::vector<value>                          row_{};    // that is passed on
};

}  // namespace stint
