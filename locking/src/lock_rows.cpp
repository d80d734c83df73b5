#include <stint/lock_rows.hpp>

#include <stint/lock_error.hpp>
#include <stint/lock_table.hpp>

namespace stint {

namespace {

constexpr auto lock_table_name = "stint_locks";

column text_column(char const* name) {
    return {name, {data_type::text}};
}

column const resource = text_column("resource"), owner = text_column("owner"), label = text_column("label"),
             remark = text_column("reason"), broken_by = text_column("broken_by"), fence{"fence", {data_type::integer}},
             acquired_at{"acquired_at", {data_type::instant}}, expires_at{"expires_at", {data_type::instant}};

row_shape guard(row_action action, std::vector<condition> conditions, reason why) {
    return {.action = action,
            .table = lock_table_name,
            .key = {resource},
            .conditions = std::move(conditions),
            .report = {owner, label, remark, fence, acquired_at, expires_at, broken_by},
            .lock = row_lock::share,
            .if_absent = action == row_action::forbid ? reason::deleted() : why,
            .if_different = why,
            .held_last = true};
}

strategy_row bound_row(tracked_object const& object, std::string const& mine) {
    using test = condition::test;
    return {.shape = guard(row_action::forbid, {{owner, test::differs}, {expires_at, test::later_than_clock}},
                           reason::bound()),
            .key = {lock_name(object.mapper().table(), object.raw_key())},
            .conditions = {mine},
            .about = &object};
}

bool is_written(access how) noexcept {
    return how != access::read;
}

void demand_lock(touched_object const& touched, lock_policy declared) {
    bool const demands = declared >= lock_policy::exclusive_write && touched.how() != access::added;
    if (demands && touched.lock() == touched_object::lock_state::none)
        throw lock_required(touched.object().mapper().table(), detail::key_text(touched.object().raw_key()), declared);
}

}  // namespace

strategy_row verify_row(lease const& one, tracked_object const* about) {
    return {.shape = guard(row_action::require, {{owner}, {fence}, {expires_at, condition::test::later_than_clock}},
                           reason::lock_lost()),
            .key = {one.name},
            .conditions = {one.owner, one.fence},
            .about = about};
}

strategy_row release_row(lease const& one, tracked_object const* about) {
    using source = assignment::source;
    auto shape = guard(row_action::update, {}, reason::lock_lost());
    shape.assignments = {{owner}, {label}, {remark}, {broken_by}, {acquired_at, source::clock}, {expires_at}};
    auto const nothing = std::string{};
    return {.shape = std::move(shape),
            .key = {one.name},
            .assignments = {nothing, nothing, nothing, nothing, timestamp{}},
            .about = about};
}

void bind_to_locks(flush_plan& plan, lock_context& context) {
    std::vector<strategy_row>  rows;
    data_mapper const*         type = nullptr;
    std::optional<lock_policy> declared;
    for (auto const& touched : plan.objects()) {
        auto const& object = touched.object();
        if (type != &object.mapper()) {
            type = &object.mapper();
            declared = declared_policy(*type);
        }
        if (!declared || !is_written(touched.how())) continue;
        demand_lock(touched, *declared);
        bool const looks = touched.lock() == touched_object::lock_state::none ||
                           touched.lock() == touched_object::lock_state::waived;
        if (looks && !detail::is_pending_key(object.raw_key())) rows.push_back(bound_row(object, context.owner()));
    }
    for (auto& row : rows) plan.add(std::move(row));
}

std::optional<held_lock> lock_in(write_batch::row const& row, refusal const& one) {
    if (row.shape.table != lock_table_name || row.key.size() != 1) return std::nullopt;
    held_lock found{.name = std::get<std::string>(row.key.front())};
    if (one.found.size() != row.shape.report.size() || one.found.empty()) return found;
    auto const text = [&](std::size_t column) { return std::get<std::string>(one.found[column]); };
    found.owner = text(0);
    found.label = text(1);
    found.reason = text(2);
    found.fence = std::get<std::int64_t>(one.found[3]);
    found.since = std::get<timestamp>(one.found[4]);
    found.until = std::get<timestamp>(one.found[5]);
    found.broken_by = text(6);
    return found;
}

}  // namespace stint
