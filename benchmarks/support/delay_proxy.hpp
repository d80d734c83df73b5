// delay_proxy: a network between a program and its database: passes bytes on to a server, each a while after it came.
// It delays, and that is all: whatever came meanwhile is under way at the same time, so throughput is not limited.
//
//     delay_proxy network{server_url, 1ms};            // of a round trip: half of it each way
//     stint::database db{place.url_through(network.port())};
//
// Listens on 127.0.0.1. A thread of its own passes the bytes on; every function may be called by any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace bench {

class delay_proxy {
public:
    using delay = std::chrono::microseconds;

    delay_proxy(std::string const& server_url, delay round_trip);
    delay_proxy(delay_proxy const&) = delete;
    delay_proxy& operator=(delay_proxy const&) = delete;
    ~delay_proxy();

    unsigned short port() const noexcept { return port_; }
    /// For bytes that come from now on.
    void set_round_trip(delay round_trip) noexcept { each_way_ = round_trip / 2; }

    /// How often clients waited for the server so far, opening connections not counted (conversation.hpp).
    std::uint64_t round_trips() const noexcept { return round_trips_; }

private:
    class stream;

    void accept();

    std::atomic<delay>             each_way_;
    std::atomic<std::uint64_t>     round_trips_{0};
    boost::asio::io_context        context_{1};
    boost::asio::ip::tcp::endpoint server_;
    boost::asio::ip::tcp::acceptor listener_;
    unsigned short                 port_;
    std::thread                    thread_;
};

}  // namespace bench
