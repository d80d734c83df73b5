#include "sqlite_diagnosis.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sql.hpp"

namespace stint {
namespace {

using statement_ptr = std::unique_ptr<sqlite_api::sqlite3_stmt, decltype(&sqlite_api::sqlite3_finalize)>;
using database_ptr = std::unique_ptr<sqlite_api::sqlite3, decltype(&sqlite_api::sqlite3_close)>;

statement_ptr prepared(std::string const& sql, sqlite_api::sqlite3* handle) {
    sqlite_api::sqlite3_stmt* statement = nullptr;
    sqlite_api::sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr);
    return {statement, &sqlite_api::sqlite3_finalize};
}

// A database without tables misses the first table before it looks at any name, and names no place for that. A place is
// named for what is wrong in itself; and, with a semicolon to stumble over, for what is incomplete.
bool is_wrong_in_itself(std::string_view sql) {
    sqlite_api::sqlite3* opened = nullptr;
    int const            code = sqlite_api::sqlite3_open(":memory:", &opened);
    auto const           empty = database_ptr(opened, &sqlite_api::sqlite3_close);
    if (code != SQLITE_OK) return false;
    return !prepared(std::string(sql) + "\n;", empty.get()) && sqlite_api::sqlite3_error_offset(empty.get()) >= 0;
}

// The first words.

using words = std::vector<std::string>;

bool is_word(char c) noexcept {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || static_cast<signed char>(c) < 0;
}

/// Takes the first word, or sign; a name without its quotes.
std::string take_word(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    if (rest.empty()) return {};
    auto const quote = std::string_view("\"`['").find(rest.front());
    if (quote != std::string_view::npos) {
        auto const  end = std::min(rest.find("\"`]'"[quote], 1), rest.size() - 1);
        std::string word(rest.substr(1, end - 1));
        rest.remove_prefix(end + 1);
        return word;
    }
    auto const  end = is_word(rest.front()) ? std::ranges::find_if_not(rest, is_word) - rest.begin() : 1;
    std::string word(rest.substr(0, static_cast<std::size_t>(end)));
    rest.remove_prefix(word.size());
    return word;
}

class phrase {
public:
    explicit phrase(std::string_view sql) {
        constexpr std::size_t enough = 12;
        while (words_.size() < enough && !sql.empty()) words_.push_back(take_word(sql));
    }

    /// Goes past the next word if it is one of these.
    bool skip(std::initializer_list<std::string_view> keywords) {
        bool const found = std::ranges::any_of(keywords, [&](std::string_view keyword) {
            return std::ranges::equal(word(), keyword,
                                      [](unsigned char a, unsigned char b) { return std::toupper(a) == b; });
        });
        if (found) ++next_;
        return found;
    }
    std::string take() { return next_ < words_.size() ? words_[next_++] : std::string(); }

private:
    std::string_view word() const {
        return next_ < words_.size() ? std::string_view(words_[next_]) : std::string_view();
    }

    words       words_;
    std::size_t next_ = 0;
};

struct name_in_schema {
    std::string schema = "main";
    std::string name;
};

name_in_schema take_name(phrase& rest) {
    name_in_schema result;
    result.name = rest.take();
    if (rest.skip({"."})) result = {std::exchange(result.name, {}), rest.take()};
    return result;
}

// What is there.

bool answers_a_row(std::string const& sql, std::array<std::string_view, 2> names, sqlite_api::sqlite3* handle) {
    auto const statement = prepared(sql, handle);
    if (!statement) return false;
    for (int i = 0; i < 2; ++i)
        sqlite_api::sqlite3_bind_text(statement.get(), i + 1, names[static_cast<std::size_t>(i)].data(),
                                      static_cast<int>(names[static_cast<std::size_t>(i)].size()), nullptr);
    return sqlite_api::sqlite3_step(statement.get()) == SQLITE_ROW;
}

bool is_there(name_in_schema const& made, sqlite_api::sqlite3* handle) {
    return answers_a_row("SELECT 1 FROM " + quoted(made.schema) + ".sqlite_master WHERE name = ?1 COLLATE NOCASE",
                         {made.name, {}}, handle);
}

bool has_column(name_in_schema const& table, std::string const& column, sqlite_api::sqlite3* handle) {
    return answers_a_row("SELECT 1 FROM " + quoted(table.schema) +
                             ".pragma_table_info(?1) WHERE name = ?2 COLLATE NOCASE",
                         {table.name, column}, handle);
}

/// None: it makes nothing.
std::optional<bool> makes_what_is_there(phrase statement, sqlite_api::sqlite3* handle) {
    if (statement.skip({"CREATE"})) {
        bool const is_temporary = statement.skip({"TEMP", "TEMPORARY"});
        statement.skip({"UNIQUE", "VIRTUAL"});
        if (!statement.skip({"TABLE", "INDEX", "VIEW", "TRIGGER"})) return {};
        auto made = take_name(statement);
        if (is_temporary) made.schema = "temp";
        return is_there(made, handle);
    }
    if (!statement.skip({"ALTER"}) || !statement.skip({"TABLE"})) return {};
    auto const table = take_name(statement);
    if (statement.skip({"RENAME"}) && statement.skip({"TO"})) return is_there({table.schema, statement.take()}, handle);
    if (!statement.skip({"ADD"})) return {};
    statement.skip({"COLUMN"});
    return has_column(table, statement.take(), handle);
}

}  // namespace

sqlite_obstacle obstacle_of(std::string_view sql, sqlite_api::sqlite3* handle) {
    if (is_wrong_in_itself(sql)) return sqlite_obstacle::not_understood;
    return makes_what_is_there(phrase(sql), handle).value_or(false) ? sqlite_obstacle::duplicate
                                                                    : sqlite_obstacle::missing;
}

}  // namespace stint
