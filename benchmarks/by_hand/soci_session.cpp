#include "by_hand/soci_session.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace bench {

soci_session::soci_session(std::string const& url, std::string const& path) {
    if (!url.empty()) {
        session_.open(soci::postgresql, url);
        quantity_ = "CAST(:quantity AS bigint) * 0.01";
        return;
    }
    session_.open(soci::sqlite3, "dbname=\"" + path + '"');
    std::string mode;
    session_ << "PRAGMA journal_mode = WAL", soci::into(mode);
    session_ << "PRAGMA synchronous = FULL";
    session_ << "PRAGMA foreign_keys = ON";
    quantity_ = ":quantity";
}

}  // namespace bench
