// place: a database of its own for one way of doing things, so that none of them stands on the traces of another: a
// SQLite file or a schema on the server. Made new, removed at the end.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <stint/database.hpp>

namespace bench {

class place {
public:
    /// A new schema on this server; with an empty URL, a new SQLite file in the temporary folder.
    explicit place(std::string const& server);
    place(place const&) = delete;
    place& operator=(place const&) = delete;
    ~place();

    bool is_postgresql() const noexcept { return path_.empty(); }
    /// For Stint, and on PostgreSQL for libpq and SOCI.
    std::string const& url() const noexcept { return url_; }
    /// The SQLite file.
    std::string const& path() const noexcept { return path_; }
    /// The same schema, reached by another port of this machine.
    std::string url_through(unsigned short port) const;

    /// For making tables and looking; not for what is measured.
    stint::database& db() noexcept { return *db_; }
    void             sql(std::string_view statement);
    /// What VACUUM ANALYZE does, or the nearest to it.
    void tidy_up();

private:
    std::string                      name_;  // of the folder or the schema
    std::string                      path_;
    std::string                      url_;
    std::unique_ptr<stint::database> db_;
};

}  // namespace bench
