#include "random_batch.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "trial_tables.hpp"

namespace {

using namespace trial_tables;
using stint::assignment;
using stint::condition;
using stint::null;
using stint::row_action;
using stint::row_lock;
using stint::row_shape;
using stint::value;
using test = condition::test;
using source = assignment::source;

// What a row of items or parts is thought to be when the next row of the batch is made.
struct known_row {
    value        key = null;  ///< a number, or a key_of_row
    std::int64_t version = 1;
    std::string  name{};
    value        item = null;  ///< of a part
    bool         is_there = true;
    bool         is_used = false;  ///< by an earlier row of the batch
};

struct known_hold {
    std::string  kind;
    std::int64_t id;
    std::string  owner;
};

class maker {
public:
    explicit maker(std::uint32_t seed) : random_(seed) {}

    random_batch make();

private:
    using adder = void (maker::*)();

    // Not a distribution of the standard library: each may make something else of a number.
    std::size_t below(std::size_t end) { return random_() % end; }
    bool        chance(unsigned percent) { return below(100) < percent; }
    template <typename T>
    T const& one_of(std::vector<T> const& all) {
        return all[below(all.size())];
    }
    bool goes_wrong() { return made_.may_be_refused && chance(30); }

    void fill();
    void fill_holds();
    void add_rows(std::vector<adder> const& menu, std::size_t rows);

    void lock_item();
    void require_item();
    void forbid_item();
    void require_hold();
    void forbid_hold();
    void remove_part();
    void remove_item();
    void release_hold();
    void insert_item();
    void insert_new_items();
    void insert_new_item(value name, value quantity, bool at_a_time);
    void insert_part();
    void take_hold();
    void update_item();
    void raise_item();
    void update_part();
    void renew_hold();
    void insert_among_others(value name, value quantity);
    void break_a_rule();

    std::int64_t missing_key() { return 100 + static_cast<std::int64_t>(below(5)); }
    std::int64_t new_key() { return next_key_++; }
    value        key_to_insert(std::vector<known_row> const& rows);
    value        version_of(known_row const& row);
    known_row*   pick(std::vector<known_row>& rows);
    value        item_to_refer_to();
    bool         is_referred_to(known_row const& item) const;
    known_hold   pick_hold();

    std::string new_name();
    value       some_quantity() { return stint::decimal::from_units(static_cast<std::int64_t>(below(100'000)), 2); }
    value       some_time();
    value       some_note();

    std::size_t add(row_shape shape, std::vector<value> key, std::vector<value> conditions = {},
                    std::vector<value> assignments = {}) {
        auto const index = made_.batch.shape(std::move(shape));
        return made_.batch.add(index, std::move(key), std::move(conditions), std::move(assignments));
    }

    std::mt19937            random_;
    random_batch            made_;
    std::vector<known_row>  items_, parts_;
    std::vector<known_hold> holds_;
    std::int64_t            next_key_ = 50;
    int                     names_ = 0;
};

std::vector<std::string> const owners{"me", "Zoë's desk", "x"};
std::int64_t constexpr past = 1'500'000'000'000'000;
std::int64_t constexpr far_away = 7'000'000'000'000'000;

std::string maker::new_name() {
    static std::vector<std::string> const kinds{"flour ", "", "it's \"oats\" ", "Müsli\n",
                                                "a rather long name of an item "};
    return one_of(kinds) + std::to_string(++names_);
}

value maker::some_time() {
    if (chance(30)) return null;
    return stint::timestamp{std::chrono::microseconds{chance(50) ? past : far_away}};
}

value maker::some_note() {
    if (chance(30)) return null;
    return chance(20) ? std::string() : "note " + std::to_string(below(5));
}

// The rows before.

void maker::fill() {
    auto&      before = made_.before;
    auto const items = before.shape({.action = row_action::insert,
                                     .table = "items",
                                     .key = {id},
                                     .assignments = {{version}, {name}, {quantity}, {checked}, {ratio}, {seen}}});
    for (std::int64_t key = 1; key <= 12; ++key) {
        known_row row{.key = key, .version = static_cast<std::int64_t>(1 + below(3)), .name = new_name()};
        before.add(items, {key}, {},
                   {row.version, row.name, some_quantity(), chance(30) ? value(null) : value(chance(50)),
                    chance(30) ? value(null) : value(static_cast<double>(below(64)) / 8), some_time()});
        items_.push_back(std::move(row));
    }
    auto const parts = before.shape(
        {.action = row_action::insert, .table = "parts", .key = {id}, .assignments = {{version}, {item}, {note}}});
    for (std::int64_t key = 1; key <= 8; ++key) {
        known_row row{.key = key, .item = chance(25) ? value(null) : items_[below(6)].key};
        before.add(parts, {key}, {}, {row.version, row.item, some_note()});
        parts_.push_back(std::move(row));
    }
    fill_holds();
}

void maker::fill_holds() {
    auto const shape = made_.before.shape({.action = row_action::insert,
                                           .table = "holds",
                                           .key = {kind, id},
                                           .assignments = {{owner}, {until}, {renewed}}});
    for (auto const* const table : {"items", "parts"}) {
        for (std::int64_t key = 1; key <= 4; ++key) {
            holds_.push_back({table, key, one_of(owners)});
            made_.before.add(shape, {std::string(table), key}, {},
                             {holds_.back().owner, chance(60) ? far_away : past, some_time()});
        }
    }
}

// Choosing.

known_row* maker::pick(std::vector<known_row>& rows) {
    for (int tries = 0; tries < 20; ++tries) {
        auto& row = rows[below(rows.size())];
        if (!row.is_there || (row.is_used && !chance(5))) continue;
        row.is_used = true;
        return &row;
    }
    return nullptr;
}

value maker::version_of(known_row const& row) {
    return goes_wrong() ? row.version + 7 : row.version;
}

value maker::key_to_insert(std::vector<known_row> const& rows) {
    if (goes_wrong()) return one_of(rows).key;
    for (auto const& row : rows) {  // that of a removed row, now and then
        if (!row.is_there && chance(50)) return row.key;
    }
    return new_key();
}

value maker::item_to_refer_to() {
    if (chance(20)) return null;
    for (auto const& row : items_) {
        if (row.is_there && chance(row.is_used ? 25 : 10)) return row.key;
    }
    return null;
}

bool maker::is_referred_to(known_row const& item) const {
    return std::ranges::any_of(parts_, [&](known_row const& part) { return part.is_there && part.item == item.key; });
}

known_hold maker::pick_hold() {
    if (!chance(15)) return one_of(holds_);
    return {"items", missing_key(), one_of(owners)};
}

// Guards.

void maker::lock_item() {
    auto const strength = chance(50) ? row_lock::key_share : row_lock::share;
    add({.action = row_action::lock, .table = "items", .key = {id}, .lock = strength},
        {chance(10) ? missing_key() : one_of(items_).key});
}

void maker::require_item() {
    row_shape shape{.action = row_action::require, .table = "items", .key = {id}, .conditions = {{version}}};
    shape.report = chance(50) ? std::vector{name, seen, version} : std::vector{version};
    if (auto const* const row = pick(items_))
        add(std::move(shape), {goes_wrong() ? missing_key() : row->key}, {version_of(*row)});
}

void maker::forbid_item() {
    auto const& row = one_of(items_);
    row_shape   shape{
          .action = row_action::forbid, .table = "items", .key = {id}, .if_different = stint::reason{"bound"}};
    if (goes_wrong()) {
        shape.conditions = {{name, chance(50) ? test::differs : test::equals}, {seen, test::later_than_clock}};
        shape.report = {quantity, checked, ratio};
        add(std::move(shape), {row.key}, {row.name});
    } else {
        shape.conditions = {{version, test::equals}, {checked, test::equals}};
        add(std::move(shape), {row.key}, {row.version + 5, chance(50) ? value(null) : value(true)});
    }
}

void maker::require_hold() {
    auto const hold = pick_hold();
    if (!made_.may_be_refused) return;
    add({.action = row_action::require,
         .table = "holds",
         .key = {kind, id},
         .conditions = {{owner}, {until, test::later_than_clock}},
         .report = {owner, until},
         .if_absent = stint::reason{"lock lost"},
         .if_different = stint::reason{"lock lost"},
         .held_last = true},
        {hold.kind, hold.id}, {goes_wrong() ? "nobody" : hold.owner});
}

void maker::forbid_hold() {
    auto const hold = pick_hold();
    add({.action = row_action::forbid,
         .table = "holds",
         .key = {kind, id},
         .conditions = {{owner, test::differs}, {until, test::later_than_clock}},
         .report = {owner, until, renewed},
         .if_different = stint::reason{"bound"},
         .held_last = true},
        {hold.kind, hold.id}, {goes_wrong() ? "nobody" : hold.owner});
}

// Deletes.

void maker::remove_part() {
    auto* const row = pick(parts_);
    if (row == nullptr) return;
    add({.action = row_action::remove,
         .table = "parts",
         .key = {id},
         .conditions = {{version}},
         .report = {version, item}},
        {goes_wrong() ? missing_key() : row->key}, {version_of(*row)});
    row->is_there = false;
}

void maker::remove_item() {
    auto* const row = pick(items_);
    if (row == nullptr || is_referred_to(*row)) return;
    bool const answers = chance(30);
    add({.action = row_action::remove,
         .table = "items",
         .key = {id},
         .conditions = {{version}},
         .returning = answers ? std::vector{name, quantity} : std::vector<stint::column>{},
         .report = {version}},
        {row->key}, {version_of(*row)});
    row->is_there = false;
}

void maker::release_hold() {
    auto const hold = pick_hold();
    if (hold.id >= 100 && !made_.may_be_refused) return;
    add({.action = row_action::remove,
         .table = "holds",
         .key = {kind, id},
         .conditions = {{owner}},
         .if_absent = stint::reason{"lock lost"},
         .if_different = stint::reason{"lock lost"}},
        {hold.kind, hold.id}, {hold.owner});
    std::erase_if(holds_, [&](known_hold const& known) { return known.kind == hold.kind && known.id == hold.id; });
    if (holds_.empty()) holds_.push_back({"items", 99, "me"});
}

// Inserts.

void maker::insert_item() {
    row_shape shape{.action = row_action::insert, .table = "items", .key = {id}};
    known_row row{.version = 1, .name = new_name(), .is_used = true};
    if (chance(50)) return insert_new_items();
    shape.assignments = {{version}, {name}, {quantity, source::raise}, {checked}, {seen}};
    shape.report = {name, version};
    row.key = key_to_insert(items_);
    row.version = static_cast<std::int64_t>(1 + below(3));
    if (std::holds_alternative<stint::key_of_row>(row.key)) return;
    add(std::move(shape), {row.key}, {}, {row.version, row.name, some_quantity(), chance(50), some_time()});
    items_.push_back(std::move(row));
}

// Some of a kind, so that an engine may write them together.
void maker::insert_new_items() {
    bool const at_a_time = chance(30);
    for (auto rows = 1 + below(4); rows > 0; --rows) insert_new_item(new_name(), some_quantity(), at_a_time);
}

// The key is the database's.
void maker::insert_new_item(value called, value amount, bool at_a_time) {
    row_shape shape{.action = row_action::insert, .table = "items", .key = {id}, .key_given = false};
    shape.assignments = {{version, source::next_version}, {name}, {quantity}, {checked}};
    if (at_a_time) shape.assignments.push_back({seen, source::clock});
    shape.returning = {id, version};
    known_row row{.version = 1, .is_used = true};
    if (auto const* const text = std::get_if<std::string>(&called)) row.name = *text;
    auto const checks = chance(30) ? value(null) : value(chance(50));
    row.key = stint::key_of_row{add(std::move(shape), {}, {}, {std::move(called), std::move(amount), checks})};
    items_.push_back(std::move(row));
}

void maker::insert_part() {
    row_shape shape{.action = row_action::insert, .table = "parts", .key = {id}};
    known_row row{.item = item_to_refer_to(), .is_used = true};
    shape.assignments = {{version}, {item}, {note}};
    if (chance(60)) {
        shape.key_given = false;
        shape.returning = {id};
        row.key = stint::key_of_row{add(std::move(shape), {}, {}, {row.version, row.item, some_note()})};
    } else {
        row.key = key_to_insert(parts_);
        if (std::holds_alternative<stint::key_of_row>(row.key)) return;
        add(std::move(shape), {row.key}, {}, {row.version, row.item, some_note()});
    }
    parts_.push_back(std::move(row));
}

void maker::take_hold() {
    known_hold const hold{chance(50) ? "items" : "documents", goes_wrong() ? 1 : new_key(), one_of(owners)};
    add({.action = row_action::insert,
         .table = "holds",
         .key = {kind, id},
         .assignments = {{owner}, {until}, {renewed, source::clock}},
         .report = {owner}},
        {hold.kind, hold.id}, {}, {hold.owner, far_away});
    holds_.push_back(hold);
}

// Updates.

void maker::update_item() {
    auto* const row = pick(items_);
    if (row == nullptr) return;
    row_shape          shape{.action = row_action::update,
                             .table = "items",
                             .key = {id},
                             .conditions = {{version}},
                             .assignments = {{quantity}, {version, source::next_version}},
                             .returning = {version},
                             .report = {name, quantity, version}};
    std::vector<value> values{some_quantity()};
    if (chance(40)) {
        shape.assignments.push_back({name});
        values.emplace_back(new_name());
    } else if (chance(30)) {
        shape.assignments.push_back({seen, source::clock});
        shape.assignments.push_back({ratio});
        shape.returning = {version, seen, ratio};
        values.emplace_back(chance(30) ? value(null) : value(0.125));
    }
    auto const key = goes_wrong() ? value(missing_key()) : row->key;
    add(std::move(shape), {key}, {version_of(*row)}, std::move(values));
    ++row->version;
}

// Without a look at the version.
void maker::raise_item() {
    auto* const row = pick(items_);
    if (row == nullptr) return;
    add({.action = row_action::update,
         .table = "items",
         .key = {id},
         .assignments = {{quantity, source::raise}, {version, source::next_version}},
         .returning = {quantity, version}},
        {goes_wrong() ? missing_key() : row->key}, {}, {some_quantity()});
    ++row->version;
}

void maker::update_part() {
    auto* const row = pick(parts_);
    if (row == nullptr) return;
    row->item = item_to_refer_to();
    add({.action = row_action::update,
         .table = "parts",
         .key = {id},
         .conditions = {{version}, {note, test::differs}},
         .assignments = {{item}, {note}, {version, source::next_version}},
         .report = {item, note}},
        {row->key}, {version_of(*row), goes_wrong() ? some_note() : value(std::string("never"))},
        {row->item, some_note()});
    ++row->version;
}

void maker::renew_hold() {
    auto const hold = pick_hold();
    if (hold.id >= 99 && !made_.may_be_refused) return;
    add({.action = row_action::update,
         .table = "holds",
         .key = {kind, id},
         .conditions = {{owner}},
         .assignments = {{until}, {renewed, source::clock}},
         .returning = {renewed},
         .report = {owner, until},
         .if_absent = stint::reason{"lock lost"},
         .if_different = stint::reason{"lock lost"}},
        {hold.kind, hold.id}, {hold.owner}, {far_away + 1});
}

void maker::insert_among_others(value called, value amount) {
    insert_new_item(new_name(), some_quantity(), false);
    insert_new_item(std::move(called), std::move(amount), false);
    insert_new_item(new_name(), some_quantity(), false);
}

void maker::break_a_rule() {
    auto const& row = one_of(items_);
    row_shape   update{.action = row_action::update, .table = "items", .key = {id}, .assignments = {{name}}};
    row_shape   insert{.action = row_action::insert, .table = "parts", .key = {id}, .assignments = {{version}, {item}}};
    switch (below(8)) {
    case 5: return insert_among_others(row.name, some_quantity());
    case 6: return insert_among_others(null, some_quantity());
    case 7: return insert_among_others(new_name(), stint::decimal{"1.005"});
    case 0: add(std::move(update), {row.key}, {}, {row.key == items_[0].key ? items_[1].name : items_[0].name}); break;
    case 1: add(std::move(update), {row.key}, {}, {null}); break;
    case 2: add(std::move(insert), {new_key()}, {}, {1, missing_key()}); break;
    case 3: add({.action = row_action::remove, .table = "items", .key = {id}}, {items_[below(6)].key}); break;
    default:
        update.assignments = {{quantity}};
        add(std::move(update), {row.key}, {}, {stint::decimal{"1.005"}});  // more decimals than the column
    }
}

// The batch.

void maker::add_rows(std::vector<adder> const& menu, std::size_t rows) {
    for (std::size_t i = 0; i < rows; ++i) (this->*one_of(menu))();
}

random_batch maker::make() {
    fill();
    made_.may_be_refused = chance(40);
    made_.breaks_a_rule = chance(15);
    made_.in_order_of_writes = chance(75);
    std::vector<adder> const guards{&maker::lock_item, &maker::require_item, &maker::forbid_item, &maker::require_hold,
                                    &maker::forbid_hold};
    std::vector<adder> const removes{&maker::remove_part, &maker::remove_item, &maker::release_hold};
    std::vector<adder> const inserts{&maker::insert_item, &maker::insert_part, &maker::take_hold};
    std::vector<adder> const updates{&maker::update_item, &maker::raise_item, &maker::update_part, &maker::renew_hold};

    switch (below(6)) {
    case 0: add_rows({one_of(updates)}, 1 + below(12)); break;  // rows of one kind alone
    case 1: add_rows({one_of(chance(50) ? inserts : removes)}, 1 + below(6)); break;
    default:
        std::vector phases{guards, removes, inserts, updates};
        if (!made_.in_order_of_writes) phases = {updates, inserts, guards, removes, inserts, guards, updates};
        for (auto const& phase : phases) add_rows(phase, below(6));
    }
    if (made_.breaks_a_rule) break_a_rule();
    return std::move(made_);
}

}  // namespace

random_batch random_batch::from(std::uint32_t seed) {
    return maker(seed).make();
}
