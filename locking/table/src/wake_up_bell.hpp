// wake_up_bell: tells threads that wait for a lock that their turn has come, if the engine tells the process (private
// to the room).
//
// One thread listens on a connection of its own; it starts with the first sleeper. A call that is missed while the
// connection is being made, or made again, costs a sleeper no more than the time that it sleeps anyhow.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <stint/connection.hpp>
#include <stint/database.hpp>

namespace stint {

class wake_up_bell {
public:
    /// With an empty channel nobody is ever told. `db` must outlive it.
    wake_up_bell(database::guest& db, std::string channel) : db_(db), channel_(std::move(channel)) {}
    wake_up_bell(wake_up_bell const&) = delete;
    wake_up_bell& operator=(wake_up_bell const&) = delete;
    ~wake_up_bell();

    /// Also returns false once it turned out that no connection hears anything, as behind a pooler.
    bool exists() const noexcept { return !channel_.empty() && !is_deaf_; }

    /// A waiter that can be called from its construction on, so that no call is lost between a look and a sleep.
    class sleeper {
    public:
        sleeper(wake_up_bell& bell, std::string owner);
        sleeper(sleeper const&) = delete;
        sleeper& operator=(sleeper const&) = delete;
        ~sleeper();

        /// Sleeps until it is called, or until then.
        void sleep_until(deadline::clock::time_point then);

    private:
        friend class wake_up_bell;
        wake_up_bell& bell_;
        std::string   owner_;
        bool          called_ = false;
    };

private:
    void listen();
    void listen_on(connection& link);
    void call(std::vector<std::string> const& owners);
    void call_everybody();
    void rest(std::chrono::milliseconds time);
    bool stopped();

    database::guest&  db_;
    std::string       channel_;
    std::atomic<bool> is_deaf_{false};

    std::mutex              mutex_;
    std::condition_variable called_;
    std::list<sleeper*>     sleepers_;
    std::thread             listener_;
    bool                    stopped_ = false;
};

}  // namespace stint
