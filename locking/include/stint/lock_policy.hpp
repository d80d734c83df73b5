// lock_policy: what a class's mapping demands of those who edit its objects.
//
//     static constexpr auto value = stint::table("documents", stint::lock_policy::exclusive_read,
//         stint::key("id", &accounting::document::id), stint::version("version"),
//         stint::field("quantity", &accounting::document::quantity, stint::scale(2)),
//         stint::field("processed", &accounting::document::processed),
//         stint::field("stock", &accounting::document::stock));
//
// The default strategy (implicit_lock.hpp) takes what is declared; a commit without it is refused (lock_required). A
// unit or a single get() can ask for more, never for less. Which policy when: docs/locking.md.
// (Fowler, PoEAA ch. 16, Implicit Lock.)
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <stint/data_mapper.hpp>

namespace stint {

/// In order of strength. Any of them opens the class to offline locks, and a lock on one of its objects binds
/// everybody: every commit, of any strategy, is refused while another owner holds the object. A class without a
/// declaration knows no offline locks.
enum class lock_policy : std::uint8_t {
    optimistic,       ///< no lock is demanded
    mixed,            ///< optimistic first; after a conflict the rerun takes the exclusive lock first
    exclusive_write,  ///< locked before the first edit, which then looks whether the object is as it was read
    exclusive_read,   ///< locked before it is read, so that what was read stays true
};

std::string_view to_string(lock_policy policy) noexcept;

/// Returns what the mapping declares; none if the class knows no offline locks.
inline std::optional<lock_policy> declared_policy(data_mapper const& type) noexcept {
    auto const* declared = type.attribute<lock_policy>();
    return declared == nullptr ? std::nullopt : std::optional{*declared};
}

}  // namespace stint
