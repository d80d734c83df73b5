// Arrays and numbers as PostgreSQL reads them: "{1,2}", "{\"a\",\"b\"}", "1234e-2".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// 12.34 without any division: numeric reads exponents, exactly.
inline std::string numeric_text(std::int64_t cents) {
    return std::to_string(cents).append("e-2");
}

/// Of each element the text that `of` answers, which needs no quotes.
template <class Rows, class Of>
std::string number_array(Rows const& rows, Of of) {
    std::string result = "{";
    for (auto const& row : rows) {
        if (result.size() > 1) result += ',';
        result += of(row);
    }
    return result += '}';
}

/// Of each element the text that `of` answers, quoted.
template <class Rows, class Of>
std::string text_array(Rows const& rows, Of of) {
    std::string result = "{";
    for (auto const& row : rows) {
        if (result.size() > 1) result += ',';
        result += '"';
        for (char const c : of(row)) {
            if (c == '"' || c == '\\') result += '\\';
            result += c;
        }
        result += '"';
    }
    return result += '}';
}

}  // namespace bench
