// The lock table on PostgreSQL.
#pragma once

#include <stint/extension/lock_store.hpp>

namespace stint {

class postgresql_lock_store final : public lock_store {
public:
    postgresql_lock_store();

    lock_attempt acquire(connection& db, std::span<std::string const> names, lock_request const& request, ticket place,
                         deadline until) const override;
    break_answer break_lock(connection& db, std::string const& name, std::int64_t fence, lock_break const& breaking,
                            deadline until) const override;

private:
    lock_attempt acquire_one(connection& db, std::string const& name, lock_request const& request,
                             deadline until) const;
};

}  // namespace stint
