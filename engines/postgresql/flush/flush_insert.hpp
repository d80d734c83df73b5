// flush_insert: renders the inserts of a pipelined flush.
//
//   keys given by       the application               the database
//   one row             ON CONFLICT: a taken key      the column's default; the row that comes back is the row
//   a set               is a refused row              drawn by the statement itself: each is known by its row's number
//
// Nobody takes a key that a sequence gives, unless the sequence is behind: that may raise an error (see taken_key), and
// ON CONFLICT, which costs nearly as much as the insert, is left out. The drawn keys are one array, d.keys. Those that
// later rows refer to are appended to a setting of the transaction, which is s.kept by then: rows of the same set find
// them there, too.
#pragma once

#include <string>
#include <vector>

#include "flush_writer.hpp"

namespace stint {

class flush_insert : public flush_writer {
public:
    using flush_writer::flush_writer;

    flush_sql insert() &&;

private:
    bool draws() const { return form_.as_set && !shape_.key_given; }
    bool finds_numbers() const { return form_.as_set && !result_.lists_keys && !result_.answers.empty(); }

    void        append(column const& where, std::string const& content);
    std::string drawn();
    std::string kept(std::string const& keys, std::string const& from) const;
    std::string inserted();
    flush_sql   checked(std::string with);
    std::string wrong() const;
    std::string numbered_rows() const;

    std::string              columns_{}, values_{};
    std::vector<std::string> keys_{};  ///< of the rows to insert
};

}  // namespace stint
