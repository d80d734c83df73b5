// The engines that come with the library: what a program has that links stint::stint.

#include <array>

#include <stint/database.hpp>
#include <stint/extension/engine.hpp>

#include "postgresql/postgresql_engine.hpp"
#include "sqlite/sqlite_engine.hpp"

namespace stint {

std::shared_ptr<engine> built_in_engine(std::string_view url) {
    static constexpr std::array kinds{
        engine_kind{"sqlite:", "sqlite:accounting.db", make_sqlite_engine},
        engine_kind{"postgresql://", "postgresql://clerk@host/books", make_postgresql_engine},
        engine_kind{"postgres://", {}, make_postgresql_engine},
    };
    return make_engine(url, kinds);
}

}  // namespace stint
