#include <stint/loader.hpp>

namespace stint {

selection select_by_key(data_mapper const& type, std::span<std::int64_t const> keys) {
    selection  what{.table = type.table(), .columns = {type.columns().begin(), type.columns().end()}};
    auto const how = keys.size() == 1 ? comparison::test::equal : comparison::test::any_of;
    what.where.push_back({type.key(), how, {keys.begin(), keys.end()}});
    return what;
}

std::vector<tracked_object*> loader::load(connection& from, data_mapper const& type, selection const& what,
                                          deadline until) {
    std::vector<tracked_object*> result;
    from.select(
        what,
        [&](std::span<value> row) {
            auto const key = is_null(row.front()) ? detail::no_key : std::get<std::int64_t>(row.front());
            if (auto* known = known_.find(type, key)) {
                result.push_back(known);
                return;
            }
            auto fresh = type.make(listener_);
            refresh(*fresh, row);
            auto& object = *fresh;
            result.push_back(&object);
            keep_(std::move(fresh));
            known_.put(object);
        },
        until);
    return result;
}

void loader::refresh(tracked_object& object, std::span<value> row) {
    object.mapper().load(object, row);
    object.settle();
}

}  // namespace stint
