// postgresql_url: a postgresql:// URL, completed with what keeps a connection healthy.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <stint/deadline.hpp>

namespace stint {

class postgresql_url {
public:
    /// Throws usage_error, with libpq's own words.
    explicit postgresql_url(std::string_view url);

    /// Without password and parameters, for messages.
    std::string const& address() const noexcept { return address_; }

    /// pooler=transaction: a pooler stands in between that gives each transaction another session.
    bool is_pooled() const noexcept { return is_pooled_; }

    /// Whether it says itself how often the server looks whether its client is still there.
    bool sets_connection_check() const noexcept { return sets_connection_check_; }

    /// How long an attempt to connect to one host may take; 0 is for ever. libpq waits for no less than two seconds.
    std::chrono::seconds connect_timeout(deadline until) const noexcept;
    /// For SOCI and libpq: a URL without a space, since SOCI splits at spaces.
    std::string connect_string(deadline until) const;

private:
    std::string address_;
    std::string connect_string_;
    int         connect_timeout_ = 0;  // seconds; 0 waits for ever
    bool        is_pooled_ = false;
    bool        sets_connection_check_ = false;
};

}  // namespace stint
