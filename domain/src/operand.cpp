#include <stint/detail/operand.hpp>

#include <string>

#include <stint/error.hpp>

namespace stint::detail {

void refuse_unmapped_member(std::string_view table) {
    throw usage_error("the mapping of " + std::string(table) + " does not name the member that was asked for");
}

}  // namespace stint::detail
