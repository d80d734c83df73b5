// Objects as a unit of work has them, for tests without a unit or a database.
#pragma once

#include <cstdint>
#include <string>

#include "../../uow/src/batch_builder.hpp"
#include "../../uow/src/commit_graph.hpp"
#include "../../uow/src/pending_change.hpp"
#include "support/books.hpp"

namespace books {

class written_objects : public stint::edit_listener {
public:
    stint::identity_map map{*this};
    stint::object_list  objects{};

    /// As it was read, in version 3.
    template <class T>
    stint::tracked<T> read(T const& stored) {
        auto& object = make(stored);
        object.set_key(stored.id.key());
        object.set_version(stint::version_number{3});
        return keep<T>(object);
    }
    /// New; without a key of its own it has a pending one.
    template <class T>
    stint::tracked<T> add(T const& fresh) {
        auto& object = make(fresh);
        object.set_key(fresh.id.is_given() ? fresh.id.key() : stint::row_key::fresh());
        object.set_state(stint::object_state::added);
        return keep<T>(object);
    }
    template <class T>
    void remove(stint::tracked<T> const& object) {
        map.find(object.object().mapper(), object.id().key())->set_state(stint::object_state::removed);
    }

    stint::pending_changes changes() const { return stint::collect_changes(objects); }

    /// A line a row.
    std::string rows() const {
        auto const pending = changes();
        auto       plan = stint::plan_for(objects, pending.list);
        for (auto& touched : plan.objects())
            if (touched.access() != stint::access::read) touched.expect_version();
        return rows(pending, plan);
    }
    std::string rows(stint::pending_changes const& pending, stint::flush_plan const& plan) const {
        return to_string(stint::batch_builder{map, pending.list, plan}.build().rows);
    }

private:
    void before_first_edit(stint::tracked_object const&) override {}

    template <class T>
    stint::tracked_object& make(T const& content) {
        auto& object = map.make(stint::mapper_of<T>());
        *static_cast<T*>(object.mutable_object()) = content;
        return object;
    }
    template <class T>
    stint::tracked<T> keep(stint::tracked_object& object) {
        map.put(object);
        objects.push_back(&object);
        return stint::tracked<T>{object};
    }
};

inline stock stock_of(std::int64_t key, char const* name = "flour") {
    return {stint::id<stock>{key}, name, stint::decimal{"5.00"}};
}
inline document document_on(std::int64_t key, stint::id<stock> of) {
    return {stint::id<document>{key}, stint::decimal{"1.00"}, false, of};
}

}  // namespace books
