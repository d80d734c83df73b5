// refusal: a rule of the books says no. One root, a class for each rule, facts as members.
//
//     catch (accounting::not_enough_in_stock const& no) { order(no.stock(), no.wanted() - no.in_stock()); }
//
// They come from the business, not from the database: running again changes nothing. A lock that isn't granted is
// the library's lock_refused.
#pragma once

#include <stdexcept>
#include <string>

#include <stint/held_lock.hpp>

#include "books.hpp"

namespace accounting {

class refusal : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class no_such_document : public refusal {
public:
    explicit no_such_document(document_id document);

    document_id document() const noexcept { return document_; }

private:
    document_id document_;
};

class no_such_stock : public refusal {
public:
    explicit no_such_stock(stock_id stock);

    stock_id stock() const noexcept { return stock_; }

private:
    stock_id stock_;
};

class already_processed : public refusal {
public:
    explicit already_processed(document_id document);

    document_id document() const noexcept { return document_; }

private:
    document_id document_;
};

class not_enough_in_stock : public refusal {
public:
    not_enough_in_stock(accounting::document const& wanted, accounting::stock const& stock);

    document_id           document() const noexcept { return document_; }
    stock_id              stock() const noexcept { return stock_; }
    stint::decimal const& wanted() const noexcept { return wanted_; }
    stint::decimal const& in_stock() const noexcept { return in_stock_; }

private:
    document_id    document_;
    stock_id       stock_;
    stint::decimal wanted_;
    stint::decimal in_stock_;
};

/// Only the holder of a lock can give it back.
class not_the_holder : public refusal {
public:
    /// The lock as it stands: who holds it, or an empty owner.
    not_the_holder(std::string const& owner, stint::held_lock now);

    stint::held_lock const& now() const noexcept { return now_; }

private:
    stint::held_lock now_;
};

/// The lock that was to be broken is not the one that is held.
class lock_changed_hands : public refusal {
public:
    /// The lock as it stands: who holds it, or an empty owner.
    lock_changed_hands(std::int64_t fence, stint::held_lock now);

    stint::held_lock const& now() const noexcept { return now_; }

private:
    stint::held_lock now_;
};

/// The race is run with documents 1 and 2, both open and of one stock.
class not_ready_for_race : public refusal {
public:
    not_ready_for_race();
};

/// The books changed whenever they were read, so nothing can be said about them as a whole.
class books_in_use : public refusal {
public:
    books_in_use();
};

}  // namespace accounting
