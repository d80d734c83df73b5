#include "version_check.hpp"

#include <utility>

#include <stint/data_mapper.hpp>

#include "pending_change.hpp"
#include "unit_memory.hpp"

namespace stint {

namespace {

value found_in(refusal const& refused, std::size_t column) {
    return column < refused.found.size() ? refused.found[column] : value{null};
}

void tell_columns(refused_row& row) {
    auto const& object = *row.about;
    auto const& type = object.mapper();
    auto const& found = row.why.found;
    bool const  is_new = row.how == access::added;
    row.told.columns.clear();
    for (std::size_t field = 0; field < type.fields().size(); ++field) {
        column_conflict column{type.fields()[field].what.name,
                               is_new ? value{null} : shown(object, object.base(), field),
                               shown(object, object.object(), field), found_in(row.why, field + 1)};
        bool const      they_changed_it = !found.empty() && column.changed_by_them();
        if (column.changed_by_me() || they_changed_it) row.told.columns.push_back(std::move(column));
    }
}

}  // namespace

void version_check::before_flush(unit_context& unit, flush_plan& plan) {
    bool const of_reads = unit.verification() == verify::reads;
    for (auto& touched : plan.objects())
        if (of_reads || touched.how() != access::read) touched.expect_version();
}

void version_check::explain(unit_context&, std::span<refused_row> rows) {
    for (auto& row : rows) {
        auto const& found = row.why.found;
        if (row.how != access::added) row.told.expected = row.about->version();
        if (!found.empty() && !is_null(found.back()))
            row.told.found = version_number{std::get<std::int64_t>(found.back())};
        tell_columns(row);
        bool const was_overtaken = row.why.why == reason::exists() && memory_.had_looked_for(*row.about);
        if (was_overtaken) row.told.next = advice::reload_and_retry;
    }
}

}  // namespace stint
