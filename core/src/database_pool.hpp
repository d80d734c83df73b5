// database::pool: the connections of a database, who has one on loan, and what rooms above keep for it (private to the
// room). All functions may be called by any thread.
#pragma once

#include <any>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <stint/database.hpp>
#include <stint/extension/engine.hpp>

#include "counter_ledger.hpp"

namespace stint {

class database::pool {
public:
    /// Throws usage_error for no engine.
    pool(std::shared_ptr<stint::engine> kind, database_options options);

    std::unique_ptr<connection> lend(deadline until);
    void                        give_back(std::unique_ptr<connection> returned) noexcept;

    std::unique_ptr<connection> connect(deadline until);

    std::vector<std::any> const& defaults() const noexcept { return options_.defaults; }
    service& service_of(std::type_info const& type, database& host, std::unique_ptr<service> (*make)(database&));
    void     end_services() noexcept;

    void add_guest(char const* name);
    void remove_guest(char const* name) noexcept;
    /// Who uses it, in words, when it is shared by so many; nothing is lent from now on. Empty: nobody.
    std::string close(long shares);

    stint::engine const& kind() const noexcept { return *engine_; }
    stint::counters      counted() const noexcept { return ledger_.read(); }

private:
    using clock = deadline::clock;

    struct idle_connection {
        std::unique_ptr<connection> link;
        clock::time_point           since;
    };

    struct known_service {
        std::type_info const*    type;
        std::unique_ptr<service> instance;
    };

    service* find_service(std::type_info const& type) const noexcept;

    std::optional<idle_connection> take(deadline until);
    bool                           there_is_one() const noexcept { return !idle_.empty() || places_ < capacity_; }
    void                           wait_for_one(std::unique_lock<std::mutex>& hold, clock::time_point give_up);
    std::unique_ptr<connection>    open(deadline until);
    bool                           is_usable(idle_connection& idle, deadline until);
    bool                           clean(connection& returned) noexcept;
    void                           release_place() noexcept;
    void                           refuse_closed() const;
    [[noreturn]] void              refuse_exhausted() const;

    std::shared_ptr<stint::engine> engine_;
    database_options               options_;
    std::size_t                    capacity_;
    counter_ledger                 ledger_;

    std::mutex                   mutex_;
    std::condition_variable      returned_;
    std::vector<idle_connection> idle_;        // the one used last is lent first
    std::size_t                  places_ = 0;  // connections open or being opened
    std::vector<char const*>     guests_;
    bool                         closed_ = false;  // the database is gone

    mutable std::mutex         services_mutex_;
    std::vector<known_service> services_;
};

}  // namespace stint
