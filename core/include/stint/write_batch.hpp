// write_batch: everything that one commit writes and checks, as data: rows in the order in which they are written.
//
//     write_batch batch;
//     auto const  update = batch.shape({.action = row_action::update, .table = "stocks", .key = {id},
//                                       .conditions = {{version}},
//                                       .assignments = {{quantity}, {version, assignment::source::next_version}}});
//     batch.add(update, {1}, {3}, {decimal{"40.80"}});
//     to_string(batch);   // update stocks [id=1 if version=3] quantity=40.80, version=next
//
// The unit of work fills it, participants add guards, an engine carries it out (connection::flush); tests, the log and
// a dry run print it. Rows that differ only in their values share a row_shape, so that an engine can write many of them
// at once. A regular value type; not synchronised.
// (Fowler, PoEAA ch. 11, Unit of Work: "figures out everything that needs to be done to alter the database".)
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <stint/column.hpp>
#include <stint/value.hpp>

namespace stint {

/// The last three write; the first three are guards.
enum class row_action : std::uint8_t {
    lock,     ///< holds the row if it is there; never refused (the parent of a new row)
    require,  ///< the row must be there and meet its conditions
    forbid,   ///< no row with this key may meet its conditions
    insert,
    update,
    remove,
};

/// How strongly a guard holds its row until the end of the flush. Written rows are held as strongly as the write
/// demands. (PostgreSQL documentation, 13.3.2 Row-Level Locks.)
enum class row_lock : std::uint8_t { key_share, share, no_key_update, update };

/// Why a row was refused. Open-ended: code that adds rows may bring reasons of its own, named by a literal.
class reason {
public:
    constexpr explicit reason(char const* name) noexcept : name_(name) {}

    static constexpr reason changed() noexcept { return reason{"changed"}; }
    static constexpr reason deleted() noexcept { return reason{"deleted"}; }
    static constexpr reason exists() noexcept { return reason{"exists"}; }
    /// The row is as expected, but a trigger or row security kept it from being written.
    static constexpr reason suppressed() noexcept { return reason{"suppressed"}; }

    constexpr std::string_view name() const noexcept { return name_; }

    friend constexpr bool operator==(reason left, reason right) noexcept { return left.name_ == right.name_; }

private:
    std::string_view name_;
};

/// A column equals or differs from a value (null-safe), or is later than the database's clock.
struct condition {
    enum class test : std::uint8_t { equals, differs, later_than_clock };

    stint::column column;
    test          relation = test::equals;

    bool        takes_value() const noexcept { return relation != test::later_than_clock; }
    friend bool operator==(condition const&, condition const&) = default;
};

/// A column is set to a value, raised by a value, or set to the database's clock or to the next version.
struct assignment {
    enum class source : std::uint8_t { given, raise, clock, next_version };

    stint::column column;
    source        origin = source::given;

    bool        takes_value() const noexcept { return origin == source::given || origin == source::raise; }
    friend bool operator==(assignment const&, assignment const&) = default;
};

/// This many consecutive rows of one shape, or more, may be written by one statement, in an order of its own.
inline constexpr std::size_t rows_kept_in_order = 8;

/// What rows of one kind have in common. Their values are in the batch.
struct row_shape {
    row_action              action = row_action::require;
    std::string             table;
    std::vector<column>     key;               ///< one or more columns
    bool                    key_given = true;  ///< false: an insert whose key, one column, the database gives
    std::vector<condition>  conditions{};
    std::vector<assignment> assignments{};
    std::vector<column>     returning{};                       ///< given back once the row is written
    std::vector<column>     report{};                          ///< given back when the row is refused
    row_lock                lock = row_lock::share;            ///< for lock, require and forbid
    reason                  if_absent = reason::deleted();     ///< of a refusal: the row isn't there
    reason                  if_different = reason::changed();  ///< a condition fails; of forbid: all of them hold
    /// The rows of this table are locked after those of all other tables: for guards that speak of rows which the flush
    /// must hold by then.
    bool held_last = false;

    bool        writes() const noexcept { return action >= row_action::insert; }
    friend bool operator==(row_shape const&, row_shape const&) = default;
};

class write_batch {
public:
    /// A view of one row; valid until the batch is changed.
    struct row {
        row_shape const&       shape;
        std::span<value const> key;
        std::span<value const> conditions;   ///< one for each condition that takes a value
        std::span<value const> assignments;  ///< one for each assignment that takes a value
    };

    /// Returns the index of an equal shape, which is added if it is new. Throws usage_error for a shape that makes no
    /// sense: a row without a key, a guard that assigns. An insert whose key the database gives returns that key first;
    /// a flush in which it is NULL, or a number below -2^62, is refused by schema_error.
    std::size_t shape(row_shape const& shape);
    std::size_t shape(row_shape&& shape);

    /// Adds a row and returns its index. Throws usage_error if the number of values doesn't match the shape, or if a
    /// key_of_row refers to a row that is not an earlier insert.
    std::size_t add(std::size_t shape, std::vector<value> key, std::vector<value> conditions = {},
                    std::vector<value> assignments = {});
    /// The same for many rows. The values follow each other, for each row in the order of add(), and are moved from.
    std::size_t add_values(std::size_t shape, std::span<value> values);
    /// Makes room for this many more.
    void reserve(std::size_t rows, std::size_t values);
    /// Has rows written in the order of the batch, except for rows_kept_in_order. Without it, updates of one shape that
    /// depend on no other row may be locked and written in the order of their keys, in one pass.
    void keep_order() noexcept { keeps_order_ = true; }
    bool keeps_order() const noexcept { return keeps_order_; }

    bool        empty() const noexcept { return rows_.empty(); }
    std::size_t size() const noexcept { return rows_.size(); }
    row         operator[](std::size_t index) const noexcept {
        assert(index < rows_.size() && "a row of this batch");
        auto const& [shape, first] = rows_[index];
        auto const& [keys, conditions, assignments] = counts_[shape];
        assert(first + counts_[shape].all() <= values_.size() && "all of a row's values are in the batch");
        auto const* const v = values_.data() + first;
        return {shapes_[shape], {v, keys}, {v + keys, conditions}, {v + keys + conditions, assignments}};
    }

    std::span<row_shape const> shapes() const noexcept { return shapes_; }
    std::size_t                shape_of(std::size_t index) const noexcept {
        assert(index < rows_.size() && "a row of this batch");
        return rows_[index].shape;
    }

private:
    /// How many values a row of a shape takes.
    struct value_counts {
        std::uint32_t keys, conditions, assignments;

        std::size_t all() const noexcept { return std::size_t{keys} + conditions + assignments; }
    };
    struct place {
        std::uint32_t shape;
        std::size_t   first;  // of its values
    };

    static value_counts counts_of(row_shape const& shape) noexcept;
    value_counts const& known_counts(std::size_t shape) const;
    template <class Shape>
    std::size_t find_or_add(Shape&& shape);
    void        check_references(std::span<value const> values, value_counts const& counts) const;
    void        check_reference(key_of_row reference) const;

    std::vector<row_shape>    shapes_;
    std::vector<value_counts> counts_;  // by shape
    std::vector<place>        rows_;
    std::vector<value>        values_;
    bool                      keeps_order_ = false;
};

/// One line for each row.
std::string      to_string(write_batch const& batch);
std::string      to_string(write_batch::row const& row);
std::string_view to_string(row_action action) noexcept;

// What became of a flush.

/// Everything is written and committed.
struct flush_done {
    std::vector<std::vector<value>> returned;  ///< by row; empty for a row that returns nothing

    friend bool operator==(flush_done const&, flush_done const&) = default;
};

struct refusal {
    std::size_t        row = 0;  ///< index in the batch
    stint::reason      reason = stint::reason::changed();
    std::vector<value> found;  ///< the columns of shape.report as the database has them; empty if there is no row

    friend bool operator==(refusal const&, refusal const&) = default;
};

/// Nothing is written. The rows are all that stood in the way, in the order of the batch.
struct flush_refused {
    std::vector<refusal> rows;

    friend bool operator==(flush_refused const&, flush_refused const&) = default;
};

/// Nobody can say whether the flush is written: the connection was lost after COMMIT may have been sent, or a file
/// failed under COMMIT.
struct flush_in_doubt {
    std::exception_ptr cause;
};

using flush_outcome = std::variant<flush_done, flush_refused, flush_in_doubt>;

}  // namespace stint
