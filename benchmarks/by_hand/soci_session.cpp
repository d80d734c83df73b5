#include "by_hand/soci_session.hpp"

#include <memory>

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace bench {

namespace {

/// SOCI takes words, "host='..' port='..'", and no URL.
std::string words_of(std::string const& url) {
    std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> const parts{PQconninfoParse(url.c_str(), nullptr),
                                                                             &PQconninfoFree};
    std::string                                                        words;
    for (auto const* part = parts.get(); part != nullptr && part->keyword != nullptr; ++part)
        if (part->val != nullptr) words.append(part->keyword).append("='").append(part->val).append("' ");
    return words;
}

}  // namespace

soci_session::soci_session(std::string const& url, std::string const& path) : is_postgresql_(!url.empty()) {
    if (is_postgresql_) {
        session_.open(soci::postgresql, words_of(url));
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
