// unit_locks: the offline locks of one unit of work, and what is known of them (private to the room).
//
// A lock counts as the unit's once what it protects was read, or found unchanged, after the grant (confirm). One that
// is not confirmed, or whose time is over, is asked for again before an object is read or edited under it; a flush
// verifies all of them, and the versions of objects that were read under an earlier grant. Used by the unit's thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <stint/extension/unit_context.hpp>
#include <stint/lease_keeper.hpp>
#include <stint/object_key.hpp>

namespace stint {

std::string lock_name_of(object_key const& object);
std::string lock_name_of(tracked_object const& object);

class unit_locks final : public lock_memory {
public:
    unit_locks(std::shared_ptr<lease_keeper> keeper, lease_keeper::listener tell)
        : keeper_(std::move(keeper)), tell_(std::move(tell)) {}
    ~unit_locks() override { forget_all(); }

    /// Those of this unit; null where it has asked for none. Throws usage_error where its lock_memory is of another
    /// kind.
    static unit_locks* of(unit_context& unit);

    /// Whether it can be relied on.
    bool has(std::string const& name) const noexcept;
    /// Whether it was ever granted to this unit.
    bool knows(std::string const& name) const noexcept { return locks_.contains(name); }
    bool is_first(std::string const& name) const noexcept;

    void take(std::vector<lease> const& granted);
    void confirm(std::string const& name) noexcept;

    std::vector<lease> leases() const;
    /// Without those that the owner had before this unit: they are for the next step of his conversation.
    std::vector<lease>       of_this_unit() const;
    std::vector<std::string> names() const;

    /// While a flush releases them, a renewal would take them for lost.
    void pause_renewing() noexcept;
    void resume_renewing();
    void forget_all() noexcept;

    /// A flush found some of them lost: they are to be asked for again.
    void doubt() noexcept;
    /// Whether somebody may have changed what it protects since that was read: the version must tell.
    bool may_be_stale(std::string const& name) const noexcept;

    bool is_in_doubt = false;

private:
    struct entry {
        lease grant;
        bool  is_confirmed = false;
        bool  was_retaken = false;  ///< after another grant to this unit: somebody may have had it in between
        bool  is_paused = false;
    };

    std::shared_ptr<lease_keeper> keeper_;
    lease_keeper::listener        tell_;
    std::map<std::string, entry>  locks_;
};

}  // namespace stint
