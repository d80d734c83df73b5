#include <stint/query.hpp>

namespace stint::detail {

void refuse_unmapped_member(std::string_view table) {
    throw usage_error("the mapping of " + std::string(table) + " does not name the member that was asked for");
}

void refuse_pending_in_query(column const& what) {
    throw usage_error("nothing in the database can refer to a new object before it is committed (column " + what.name +
                      ")");
}

}  // namespace stint::detail
