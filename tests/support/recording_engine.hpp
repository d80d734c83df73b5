// An engine of one's own: passes everything on to another one, and writes down what was asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <stint/connection.hpp>
#include <stint/extension/engine.hpp>
#include <stint/extension/lock_store.hpp>

/// What was asked, one line or statement each. Used by one thread at a time.
using record = std::vector<std::string>;

/// Without another one it answers nothing, as if no row were there.
class recording_connection final : public stint::connection {
public:
    explicit recording_connection(record& asked, std::unique_ptr<stint::connection> behind = nullptr)
        : asked_(asked), behind_(std::move(behind)) {}

    std::string_view engine() const noexcept override { return "recording"; }

    void select(stint::selection const& selection, stint::row_sink const& sink, stint::deadline until) override;
    stint::flush_outcome flush(stint::write_batch const& batch, stint::deadline until) override;
    stint::flush_outcome flush_portably(stint::write_batch const& batch, stint::deadline until) override;
    std::vector<stint::table_difference> compare(std::span<stint::table_definition const> tables,
                                                 stint::deadline                          until) override;
    stint::value                         as_kept(stint::decimal const& number, int scale) const override;
    std::vector<stint::unique_rule> unique_rules(std::span<std::string const> tables, stint::deadline until) override;
    void                            query(std::string_view sql, std::span<stint::value const> parameters,
                                          std::span<stint::column_type const> types, stint::row_sink const& sink, stint::deadline until) override;
    std::uint64_t                   execute(std::string_view sql, std::span<stint::value const> parameters,
                                            stint::deadline until) override;
    void                            begin(stint::isolation level, stint::deadline until) override;
    void                            commit(stint::deadline until) override;
    void                            rollback() override;

    stint::counters counted() const noexcept override;
    bool            is_clean() noexcept override;
    bool            answers(stint::deadline until) noexcept override;

private:
    record&                            asked_;
    std::unique_ptr<stint::connection> behind_;
};

class recording_engine : public stint::engine {
public:
    recording_engine(record& asked, std::shared_ptr<stint::engine> behind)
        : asked_(asked), behind_(std::move(behind)) {}

    std::string_view name() const noexcept override { return "recording"; }
    std::string      address() const override { return "recording " + behind_->address(); }
    std::size_t      max_connections() const noexcept override { return behind_->max_connections(); }

    std::unique_ptr<stint::connection> connect(std::shared_ptr<stint::live_counters> counters,
                                               stint::deadline                       until) override {
        return std::make_unique<recording_connection>(asked_, behind_->connect(std::move(counters), until));
    }
    std::vector<std::string> create_tables(std::span<stint::table_definition const> tables) const override {
        return behind_->create_tables(tables);
    }
    std::vector<std::string> drop_tables(std::span<stint::table_definition const> tables) const override {
        return behind_->drop_tables(tables);
    }

protected:
    record&                        asked_;
    std::shared_ptr<stint::engine> behind_;
};

/// The same, which keeps offline locks as the other one does.
class lock_keeping_recording_engine final : public recording_engine, public stint::lock_keeping_engine {
public:
    using recording_engine::recording_engine;

    stint::lock_store const& locks() const noexcept override { return stint::lock_store::of(*behind_); }
};
