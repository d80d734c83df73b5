#include "support/conversation.hpp"

#include <algorithm>

namespace bench {

namespace {

std::size_t big_endian(std::string_view bytes) noexcept {
    std::size_t number = 0;
    for (char const byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
    return number;
}

/// Nothing but a code: all other messages without a type are longer.
constexpr std::size_t encryption_request = 4;

}  // namespace

template <class Visit>
void conversation::reader::read(std::string_view bytes, Visit visit) {
    while (!bytes.empty()) {
        auto const skipped = std::min(to_skip, bytes.size());
        bytes.remove_prefix(skipped);
        to_skip -= skipped;
        if (bytes.empty()) return;
        head += bytes.front();
        bytes.remove_prefix(1);
        if (head.size() < type_size + 4) continue;
        to_skip = big_endian(std::string_view(head).substr(type_size)) - 4;
        auto const type = head.front();
        head.clear();
        visit(type);
    }
}

void conversation::client_says(std::string_view bytes) {
    client_.read(bytes, [this](char type) {
        if (client_.type_size == 1) return note_asked(type);
        if (client_.to_skip == encryption_request) server_.to_skip = 1;  // a yes or no that is no message
        else client_.type_size = 1;
    });
}

void conversation::note_asked(char type) {
    if (type == 'p' || type == 'X') return;  // a password, the end
    if (!asks_ && unanswered_ == 0) ++round_trips_;
    bool const is_answered = type == 'S' || type == 'Q' || type == 'F';  // Sync, Query, FunctionCall
    asks_ = !is_answered;
    unanswered_ += is_answered ? 1 : 0;
}

void conversation::server_says(std::string_view bytes) {
    server_.read(bytes, [this](char type) {
        bool const is_ready = type == 'Z';
        if (is_ready && unanswered_ > 0) --unanswered_;  // the first one answers the opening
    });
}

}  // namespace bench
