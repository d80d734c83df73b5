#include <stint/column.hpp>

namespace stint {

bool is_of_type(value const& v, data_type type) noexcept {
    switch (type) {
    case data_type::boolean: return std::holds_alternative<bool>(v);
    case data_type::integer: return std::holds_alternative<std::int64_t>(v);
    case data_type::real: return std::holds_alternative<double>(v);
    case data_type::text: return std::holds_alternative<std::string>(v);
    case data_type::numeric: return std::holds_alternative<decimal>(v) || std::holds_alternative<std::int64_t>(v);
    case data_type::instant: return std::holds_alternative<timestamp>(v);
    }
    return false;
}

}  // namespace stint
