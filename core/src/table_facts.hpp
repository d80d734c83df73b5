// table_facts: what a database says of one of its tables, as far as mappings and flushes ask.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

struct column_facts {
    std::string   name{};
    std::string   type{};         ///< as the database spells it, with its length; of SQLite as it was declared
    std::uint32_t type_code = 0;  ///< the engine's number: PostgreSQL's OID, SQLite's affinity (sqlite_types.hpp)
    std::int32_t  modifier = -1;  ///< PostgreSQL's: length or precision and scale; -1: none
    std::string
        plain_type{};       ///< PostgreSQL's: without its length, since a cast to varchar(5) would cut texts silently
    std::string new_key{};  ///< PostgreSQL's: an expression that gives a new key; empty: none is known
    bool        is_nullable = true;
    bool        has_default = false;  ///< or gives keys in another way
    bool        is_computed = false;
    bool        is_unique = false;  ///< by itself
};

struct table_facts {
    /// Or something else whose columns tell little: what they hold is judged when it is read.
    bool is_view = false;
    bool fills_in_by_trigger = false;  ///< before a row is inserted
    /// SQLite's: the column that is the rowid, INTEGER PRIMARY KEY; sqlite3_last_insert_rowid() is its key. Empty: none
    /// is.
    std::string               rowid{};
    std::vector<column_facts> columns{};

    column_facts const* find(std::string_view column) const noexcept {
        for (auto const& candidate : columns)
            if (candidate.name == column) return &candidate;
        return nullptr;
    }
};

using known_table = std::shared_ptr<table_facts const>;

}  // namespace stint
