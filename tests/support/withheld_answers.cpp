#include "withheld_answers.hpp"

#include <array>
#include <regex>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

sockaddr_in loopback() {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return place;
}

int listen_anywhere() {
    int const  listener = ::socket(AF_INET, SOCK_STREAM, 0);
    auto const place = loopback();
    if (::bind(listener, reinterpret_cast<sockaddr const*>(&place), sizeof place) != 0 || ::listen(listener, 4) != 0)
        throw std::runtime_error("no port to listen on");
    return listener;
}

int connect_to(std::string const& host, std::string const& port) {
    addrinfo wanted{};
    wanted.ai_family = AF_INET;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found) != 0) return -1;
    int const server = ::socket(AF_INET, SOCK_STREAM, 0);
    int const failed = ::connect(server, found->ai_addr, found->ai_addrlen);
    ::freeaddrinfo(found);
    if (failed == 0) return server;
    ::close(server);
    return -1;
}

bool is_ready(int socket, int milliseconds) {
    pollfd wanted{socket, POLLIN, 0};
    return ::poll(&wanted, 1, milliseconds) > 0;
}

/// False at the end of what is said.
bool copy(int from, int to) {
    std::array<char, 16384> buffer;
    auto const              size = ::read(from, buffer.data(), buffer.size());
    return size > 0 && ::send(to, buffer.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) == size;
}

}  // namespace

withheld_answers::withheld_answers(std::string const& url) {
    std::smatch parts;
    if (!std::regex_match(url, parts, std::regex{"(.*@)([^:/@]+):([0-9]+)(/.*)"}))
        throw std::runtime_error("the URL names no host and port");
    before_ = parts[1], host_ = parts[2], port_ = parts[3], after_ = parts[4];
    listener_ = listen_anywhere();
    thread_ = std::thread{[this] { serve(); }};
}

withheld_answers::~withheld_answers() {
    ends_ = true;
    thread_.join();
    ::close(listener_);
}

std::string withheld_answers::url() const {
    sockaddr_in place{};
    socklen_t   size = sizeof place;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&place), &size);
    return before_ + "127.0.0.1:" + std::to_string(ntohs(place.sin_port)) + after_;
}

void withheld_answers::serve() {
    while (!ends_) {
        if (!is_ready(listener_, 20)) continue;
        int const client = ::accept(listener_, nullptr, nullptr);
        int const server = connect_to(host_, port_);
        if (server >= 0) pass_on(client, server);
        ::close(server);
        ::close(client);
    }
}

void withheld_answers::pass_on(int client, int server) {
    bool                  server_spoke = true;
    std::array<pollfd, 2> both{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    while (!ends_) {
        if (::poll(both.data(), both.size(), 20) <= 0) continue;
        if (both[1].revents != 0 && withholds_.exchange(false)) return;
        if (both[0].revents != 0) {
            if (std::exchange(server_spoke, false)) ++exchanges_;
            if (!copy(client, server)) return;
        }
        if (both[1].revents != 0) {
            server_spoke = true;
            if (!copy(server, client)) return;
        }
    }
}
