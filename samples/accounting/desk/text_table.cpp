#include "text_table.hpp"

#include <algorithm>
#include <ostream>

namespace accounting {

namespace {

/// Characters, not bytes, of UTF-8.
std::size_t width_of(std::string const& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string const& text, align side, std::size_t width) {
    std::string const blanks(width - width_of(text), ' ');
    return side == align::right ? blanks + text : text + blanks;
}

void write_line(std::ostream& out, std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
}

}  // namespace

std::vector<std::size_t> text_table::widths() const {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        auto width = width_of(columns_[i].header);
        for (auto const& cells : rows_) width = std::max(width, width_of(cells.at(i)));
        result.push_back(width);
    }
    return result;
}

std::ostream& operator<<(std::ostream& out, text_table const& table) {
    auto const  widths = table.widths();
    std::string headers, rule;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        headers += padded(table.columns_[i].header, table.columns_[i].side, widths[i]) + "  ";
        rule += std::string(widths[i], '-') + "  ";
    }
    write_line(out, headers);
    write_line(out, rule);
    for (auto const& cells : table.rows_) {
        std::string line;
        for (std::size_t i = 0; i < widths.size(); ++i)
            line += padded(cells[i], table.columns_[i].side, widths[i]) + "  ";
        write_line(out, line);
    }
    return out;
}

}  // namespace accounting
