// withheld_answers: stands between a client and a server, counts their exchanges, and can keep the server's answers to
// itself.
//
//     withheld_answers between{url};
//     stint::database  db{between.url()};
//     between.withhold();     // what the client sends still arrives; the next answer is lost, and the connection ends
//
// One connection at a time, on a loopback port.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>

class withheld_answers {
public:
    /// `url` names host and port.
    explicit withheld_answers(std::string const& url);
    withheld_answers(withheld_answers const&) = delete;
    withheld_answers& operator=(withheld_answers const&) = delete;
    ~withheld_answers();

    std::string url() const;
    void        withhold() noexcept { withholds_ = true; }
    /// How often the client has spoken after the server: round trips, as the wire sees them.
    std::size_t exchanges() const noexcept { return exchanges_; }

private:
    void serve();
    void pass_on(int client, int server);

    std::string              before_, host_, port_, after_;  // parts of the url
    int                      listener_ = -1;
    std::atomic<bool>        withholds_{false}, ends_{false};
    std::atomic<std::size_t> exchanges_{0};
    std::thread              thread_;
};
