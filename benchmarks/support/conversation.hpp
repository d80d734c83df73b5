// conversation: one connection of PostgreSQL as a network sees it: how often its client waited for the server.
//
// Who speaks when tells nothing: a client that sends for a long time is answered meanwhile. It has waited when it
// begins to ask after everything up to its last Sync or query was answered, with ReadyForQuery. Reads the protocol,
// unencrypted (PostgreSQL documentation, 55.7 Message Formats). Opening the connection doesn't count. For one thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

class conversation {
public:
    /// Adds to this number, which must outlive it.
    explicit conversation(std::atomic<std::uint64_t>& round_trips) noexcept : round_trips_(round_trips) {}

    void client_says(std::string_view bytes);
    void server_says(std::string_view bytes);

private:
    /// Tells where messages begin: a type, but for the first of a client, four bytes of length, a content.
    struct reader {
        std::size_t type_size;
        std::size_t to_skip = 0;
        std::string head{};

        template <class Visit>
        void read(std::string_view bytes, Visit visit);
    };

    void note_asked(char type);

    std::atomic<std::uint64_t>& round_trips_;
    reader                      client_{0}, server_{1};
    bool                        asks_ = false;  // since its last Sync or query
    std::size_t                 unanswered_ = 0;
};

}  // namespace bench
