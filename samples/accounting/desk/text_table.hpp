// text_table: a table for a terminal. Texts stand left, numbers right.
//
//     accounting::text_table table{{"stock"}, {"quantity", accounting::align::right}};
//     table.row({"flour", "56.40"});
//     std::cout << table;
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <vector>

namespace accounting {

enum class align { left, right };

struct text_column {
    std::string header;
    align       side = align::left;
};

class text_table {
public:
    text_table(std::initializer_list<text_column> columns) : columns_(columns) {}

    /// As many cells as there are columns.
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

    friend std::ostream& operator<<(std::ostream& out, text_table const& table);

private:
    std::vector<std::size_t> widths() const;

    std::vector<text_column>              columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace accounting
