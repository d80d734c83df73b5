#include <stint/engine.hpp>

#include <stint/error.hpp>

#include "postgresql/postgresql_engine.hpp"
#include "sqlite/sqlite_engine.hpp"

namespace stint {

counters live_counters::read() const noexcept {
    counters result;
    counters::for_each([](auto& into, auto const& from) { into = from.read(); }, result, *this);
    return result;
}

std::unique_ptr<engine> make_engine(std::string_view url) {
    if (url.starts_with("sqlite:")) return make_sqlite_engine(url);
    if (url.starts_with("postgresql://") || url.starts_with("postgres://")) return make_postgresql_engine(url);
    throw usage_error("a database URL starts with sqlite: or postgresql://, as in sqlite:accounting.db; not '" +
                      std::string(url.substr(0, url.find(':'))) + "'");
}

}  // namespace stint
