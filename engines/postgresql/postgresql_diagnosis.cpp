#include "postgresql_diagnosis.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <memory>
#include <string_view>

#include <libpq-fe.h>
#include <poll.h>

namespace stint {
namespace {

using namespace std::chrono_literals;

constexpr deadline::clock::duration longest_wait = 10s;

bool wait_for(PGconn* connection, short event, deadline until) {
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(std::min(until.left(), longest_wait));
    pollfd     socket{PQsocket(connection), event, 0};
    return poll(&socket, 1, static_cast<int>(left.count())) > 0;
}

void connect(PGconn* connection, deadline until) {
    auto state = PGRES_POLLING_WRITING;
    while (state == PGRES_POLLING_WRITING || state == PGRES_POLLING_READING) {
        if (!wait_for(connection, state == PGRES_POLLING_WRITING ? POLLOUT : POLLIN, until)) return;
        state = PQconnectPoll(connection);
    }
}

// "...: FATAL:  28P01\n"
std::string code_at_end(std::string_view message) {
    while (message.ends_with('\n')) message.remove_suffix(1);
    auto const mark = message.rfind(":  ");
    if (mark == std::string_view::npos) return {};
    auto const code = message.substr(mark + 3);
    auto const is_code = [](unsigned char c) { return std::isdigit(c) || std::isupper(c); };
    return code.size() == 5 && std::ranges::all_of(code, is_code) ? std::string(code) : std::string();
}

}  // namespace

std::string sqlstate_of_connecting(std::string const& connect_string, deadline until) {
    if (until.has_passed()) return {};
    auto const connection = std::unique_ptr<PGconn, decltype(&PQfinish)>(PQconnectStart(connect_string.c_str()),
                                                                         &PQfinish);
    if (!connection || PQstatus(connection.get()) == CONNECTION_BAD) return {};
    PQsetErrorVerbosity(connection.get(), PQERRORS_SQLSTATE);
    connect(connection.get(), until);
    if (PQstatus(connection.get()) == CONNECTION_OK) return {};
    return code_at_end(PQerrorMessage(connection.get()));
}

}  // namespace stint
