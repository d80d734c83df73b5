#include "sqlite_engine.hpp"

#include <limits>

#include <stint/extension/lock_store.hpp>

#include "sqlite_connection.hpp"
#include "sqlite_dialect.hpp"
#include "sqlite_lock_store.hpp"
#include "sqlite_url.hpp"

namespace stint {
namespace {

class sqlite_engine final : public engine, public lock_keeping_engine {
public:
    explicit sqlite_engine(sqlite_url url) : url_(std::move(url)) {}

    std::string_view name() const noexcept override { return "sqlite"; }
    std::string      address() const override { return url_.address; }
    std::size_t      max_connections() const noexcept override {
        return url_.in_memory() ? 1 : std::numeric_limits<std::size_t>::max();
    }

    lock_store const& locks() const noexcept override {
        static sqlite_lock_store const store;
        return store;
    }

    std::unique_ptr<connection> connect(std::shared_ptr<live_counters> counters, deadline until) override {
        return std::make_unique<sqlite_connection>(url_, std::move(counters), until);
    }

    std::vector<std::string> create_tables(std::span<table_definition const> tables) const override {
        return spelling_.create_tables(tables);
    }
    std::vector<std::string> drop_tables(std::span<table_definition const> tables) const override {
        return spelling_.drop_tables(tables);
    }

private:
    sqlite_url     url_;
    sqlite_dialect spelling_;
};

}  // namespace

std::unique_ptr<engine> make_sqlite_engine(std::string_view url) {
    return std::make_unique<sqlite_engine>(parse_sqlite_url(url));
}

}  // namespace stint
