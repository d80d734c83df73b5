#include "postgresql_engine.hpp"

#include <limits>

#include <stint/extension/lock_store.hpp>

#include "postgresql_connection.hpp"
#include "postgresql_dialect.hpp"
#include "postgresql_lock_store.hpp"
#include "postgresql_url.hpp"

namespace stint {
namespace {

class postgresql_engine final : public engine, public lock_keeping_engine {
public:
    explicit postgresql_engine(std::string_view url) : url_(url) {}

    std::string_view name() const noexcept override { return "postgresql"; }
    std::string      address() const override { return url_.address(); }
    std::size_t      max_connections() const noexcept override { return std::numeric_limits<std::size_t>::max(); }

    lock_store const& locks() const noexcept override {
        static postgresql_lock_store const store;
        return store;
    }

    std::unique_ptr<connection> connect(std::shared_ptr<live_counters> counters, deadline until) override {
        return std::make_unique<postgresql_connection>(url_, tables_, std::move(counters), until);
    }

    std::vector<std::string> create_tables(std::span<table_definition const> tables) const override {
        return spelling_.create_tables(tables);
    }
    std::vector<std::string> drop_tables(std::span<table_definition const> tables) const override {
        return spelling_.drop_tables(tables);
    }

private:
    postgresql_url                url_;
    postgresql_dialect            spelling_;
    std::shared_ptr<known_tables> tables_ = std::make_shared<known_tables>();
};

}  // namespace

std::unique_ptr<engine> make_postgresql_engine(std::string_view url) {
    return std::make_unique<postgresql_engine>(url);
}

}  // namespace stint
