#include "support/delay_proxy.hpp"

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <libpq-fe.h>

#include "support/conversation.hpp"

namespace bench {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

tcp::endpoint endpoint_of(std::string const& url) {
    std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> const parts{PQconninfoParse(url.c_str(), nullptr),
                                                                             &PQconninfoFree};
    std::string                                                        host = "127.0.0.1", port = "5432";
    for (auto const* part = parts.get(); part != nullptr && part->keyword != nullptr; ++part) {
        if (part->val == nullptr) continue;
        if (std::string_view(part->keyword) == "host") host = part->val;
        if (std::string_view(part->keyword) == "port") port = part->val;
    }
    asio::io_context context;
    return tcp::resolver{context}.resolve(host, port)->endpoint();
}

}  // namespace

/// One direction of one connection: what is read is written when its time has come, in its order.
class delay_proxy::stream : public std::enable_shared_from_this<stream> {
public:
    using listener = std::function<void(std::string_view bytes)>;

    stream(std::shared_ptr<tcp::socket> from, std::shared_ptr<tcp::socket> to, std::atomic<delay> const& each_way,
           listener heard)
        : from_(std::move(from)), to_(std::move(to)), each_way_(each_way), heard_(std::move(heard)),
          alarm_(from_->get_executor()) {}

    void read() {
        from_->async_read_some(asio::buffer(buffer_), [self = shared_from_this()](error_code error, std::size_t count) {
            self->put_on_the_way({self->buffer_.data(), error ? 0 : count});
            if (!error) self->read();
        });
    }

private:
    struct chunk {
        std::chrono::steady_clock::time_point due;
        std::string                           bytes;  // none: the end
    };

    void put_on_the_way(std::string_view bytes) {
        heard_(bytes);
        under_way_.push_back({std::chrono::steady_clock::now() + each_way_.load(), std::string(bytes)});
        if (under_way_.size() == 1) wait_for_first();
    }

    void wait_for_first() {
        if (under_way_.front().due <= std::chrono::steady_clock::now()) return deliver();
        alarm_.expires_at(under_way_.front().due);
        alarm_.async_wait([self = shared_from_this()](error_code) { self->deliver(); });
    }

    void deliver() {
        if (under_way_.front().bytes.empty()) {
            error_code ignored;
            to_->shutdown(tcp::socket::shutdown_send, ignored);
            return;
        }
        asio::async_write(*to_, asio::buffer(under_way_.front().bytes),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) return;
                              self->under_way_.pop_front();
                              if (!self->under_way_.empty()) self->wait_for_first();
                          });
    }

    std::shared_ptr<tcp::socket> from_, to_;
    std::atomic<delay> const&    each_way_;
    listener                     heard_;
    asio::steady_timer           alarm_;
    std::array<char, 65536>      buffer_{};
    std::deque<chunk>            under_way_{};
};

delay_proxy::delay_proxy(std::string const& server_url, delay round_trip)
    : each_way_(round_trip / 2), server_(endpoint_of(server_url)),
      listener_(context_, {asio::ip::make_address("127.0.0.1"), 0}), port_(listener_.local_endpoint().port()) {
    accept();
    thread_ = std::thread{[this] { context_.run(); }};
}

delay_proxy::~delay_proxy() {
    context_.stop();
    thread_.join();
}

void delay_proxy::accept() {
    auto client = std::make_shared<tcp::socket>(context_);
    listener_.async_accept(*client, [this, client](error_code error) {
        if (error) return;
        auto       server = std::make_shared<tcp::socket>(context_);
        error_code refused;
        server->connect(server_, refused);
        if (!refused) {
            for (auto const& one : {client, server}) one->set_option(tcp::no_delay{true});
            auto const talk = std::make_shared<conversation>(round_trips_);
            auto const asked = [talk](std::string_view bytes) { talk->client_says(bytes); };
            auto const answered = [talk](std::string_view bytes) { talk->server_says(bytes); };
            std::make_shared<stream>(client, server, each_way_, asked)->read();
            std::make_shared<stream>(server, client, each_way_, answered)->read();
        }
        accept();
    });
}

}  // namespace bench
