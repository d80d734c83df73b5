// Compiled twice, checked and not: what a program has in common with a library that was compiled the other way.
#include "layout.hpp"

#include <stint/detail/identity_map.hpp>
#include <stint/events.hpp>
#include <stint/stint.hpp>

namespace LAYOUT {

struct item {
    stint::id<item> id;
    double          weight = 0;
};

namespace {

template <class... Types>
std::vector<std::size_t> sizes() {
    return {sizeof(Types)..., alignof(Types)...};
}

}  // namespace
}  // namespace LAYOUT

template <>
struct stint::mapping<LAYOUT::item> {
    static constexpr auto value = stint::table("items", stint::key("id", &LAYOUT::item::id), stint::version("version"),
                                               stint::field("weight", &LAYOUT::item::weight));
};

namespace LAYOUT {

std::vector<std::size_t> layout() {
    return sizes<stint::tracked<item>, stint::detail::record<item>, stint::tracked_object, stint::object_store,
                 stint::edit_listener, stint::identity_map, stint::unit_of_work, stint::unit_options,
                 stint::data_mapper, stint::database, stint::database::lease, stint::database::guest, stint::lock_table,
                 stint::lease_keeper, stint::transaction, stint::conflict, stint::commit_report, stint::events>();
}

}  // namespace LAYOUT
