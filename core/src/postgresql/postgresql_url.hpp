// postgresql_url: a postgresql:// URL, completed with what keeps a connection healthy.
#pragma once

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

    /// For SOCI and libpq: a URL without a space, since SOCI splits at spaces.
    std::string connect_string(deadline until) const;

private:
    std::string address_;
    std::string connect_string_;
    int         connect_timeout_ = 0;  // seconds; 0 waits for ever
};

}  // namespace stint
