#include "version_check.hpp"

#include <cassert>
#include <utility>

#include <stint/data_mapper.hpp>
#include <stint/extension/flush_plan.hpp>
#include <stint/extension/unit_context.hpp>

#include "pending_change.hpp"

namespace stint {

namespace {

value found_in(refusal const& refused, std::size_t column) {
    return column < refused.found.size() ? refused.found[column] : value{null};
}

void tell_columns(refused_row& row) {
    auto const& object = *row.about;
    auto const& type = object.mapper();
    auto const& found = row.answer.found;
    bool const  is_new = row.how == access::added;
    row.told.columns.clear();
    for (std::size_t field = 0; field < type.fields().size(); ++field) {
        column_conflict column{type.fields()[field].what.name, is_new ? value{null} : shown(type, object.base(), field),
                               shown(type, object.object(), field), found_in(row.answer, field + 1)};
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
        assert(row.about != nullptr && "a row that is held only refuses nothing");
        auto const& found = row.answer.found;
        if (row.how != access::added) row.told.expected = row.about->version();
        if (!found.empty() && !is_null(found.back())) row.told.found = row.about->mapper().version_in(found.back());
        tell_columns(row);
    }
}

}  // namespace stint
