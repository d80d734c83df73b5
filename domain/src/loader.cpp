#include <stint/detail/loader.hpp>

#include <functional>

namespace stint {

selection select_by_key(data_mapper const& type, std::span<row_key const> keys) {
    selection rows{.table = type.table(), .columns = {type.columns().begin(), type.columns().end()}};
    rows.where.push_back(type.is_any_of(keys));
    return rows;
}

std::vector<tracked_object*> loader::load(connection& from, data_mapper const& type, selection const& rows,
                                          deadline until) {
    std::vector<tracked_object*> result;
    auto const                   take = [&](std::span<value> row) { result.push_back(&object_of(type, row)); };
    from.select(rows, std::cref(take), until);  // a reference needs no memory of its own in a row_sink
    return result;
}

tracked_object& loader::object_of(data_mapper const& type, std::span<value> row) {
    auto const key = type.key_in(row);
    if (auto* known = known_.find(type, key)) return *known;
    auto& fresh = known_.make(type);
    fresh_.push_back(&fresh);
    refresh(fresh, row);
    known_.put(fresh);
    return fresh;
}

void loader::refresh(tracked_object& object, std::span<value> row) {
    object.mapper().load(object, row);
    object.settle();
}

}  // namespace stint
