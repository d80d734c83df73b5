// syncing_server: while it lives, a server waits for its disk (fsync), as one does that holds something dear.
//
// Changes a setting of the whole server where it doesn't wait yet, and takes that back; needs a superuser then.
#pragma once

#include <string>

namespace bench {

class syncing_server {
public:
    explicit syncing_server(std::string const& url);
    syncing_server(syncing_server const&) = delete;
    syncing_server& operator=(syncing_server const&) = delete;
    ~syncing_server();

private:
    std::string url_;
    bool        was_off_ = false;
};

}  // namespace bench
