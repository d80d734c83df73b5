// soci_session: SOCI as a program would use it: one session, on either engine, with the settings that Stint uses.
#pragma once

#include <string>

#include <soci/soci.h>

namespace bench {

class soci_session {
public:
    /// An empty URL: the SQLite file.
    soci_session(std::string const& url, std::string const& path);

    soci::session& sql() noexcept { return session_; }
    bool           is_postgresql() const noexcept { return is_postgresql_; }
    /// :quantity in cents as the quantity's column takes it.
    std::string const& quantity() const noexcept { return quantity_; }

private:
    soci::session session_;
    bool          is_postgresql_;
    std::string   quantity_;
};

}  // namespace bench
