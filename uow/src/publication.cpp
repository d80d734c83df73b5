#include "publication.hpp"

#include <cassert>

namespace stint {

namespace {

void publish_insert(tracked_object& object, value const& returned, unit_memory& memory) {
    auto const& type = object.mapper();
    if (!object.key().is_pending()) {
        object.set_version(type.version_in(returned));
        return;
    }
    memory.give_key(object, type.key_in({&returned, 1}));
    object.set_version(version_number{1});
}

void publish_row(row_origin const& origin, std::span<value const> returned, unit_memory& memory,
                 commit_report& report) {
    auto& object = unit_memory::own(*origin.object);
    switch (origin.written->what) {
    case access::read: assert(false && "what was only read has no change"); break;
    case access::added:
        publish_insert(object, returned.front(), memory);
        ++report.inserted;
        break;
    case access::changed:
        object.set_version(origin.expects_version ? object.version().next()
                                                  : object.mapper().version_in(returned.front()));
        ++report.updated;
        break;
    case access::removed:
        memory.forget(object);
        ++report.removed;
        break;
    }
}

}  // namespace

commit_report publish(flush_done const& done, flush_batch const& batch, unit_memory& memory) {
    assert(done.returned.size() == batch.origins.size() && "an answer for each row");
    commit_report report;
    for (std::size_t row = 0; row < batch.origins.size(); ++row)
        if (auto const& origin = batch.origins[row]; origin.written != nullptr)
            publish_row(origin, done.returned[row], memory, report);
    memory.fill_in_keys();
    memory.settle_all();
    return report;
}

}  // namespace stint
