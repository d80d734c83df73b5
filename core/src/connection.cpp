#include <stint/connection.hpp>

#include <stint/error.hpp>

namespace stint {

bool connection::listen(std::string_view, deadline) {
    return false;
}

std::vector<std::string> connection::wait_for_notices(deadline) {
    throw usage_error("this connection listens to no channel");
}

}  // namespace stint
