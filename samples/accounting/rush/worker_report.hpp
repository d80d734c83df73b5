// worker_report: what a worker tells the process that started it, a line for each document.
#pragma once

#include <string>

#include "clerk.hpp"

namespace accounting {

struct worker_report {
    enum class kind : char {
        done = 'd',       ///< the document is processed
        elsewhere = 'e',  ///< somebody else has processed it
        refused = 'r',    ///< a rule of the books forbids it
        failed = 'f',     ///< the database failed: the worker gives up
        left = 'l',       ///< it was told to stop
    };

    kind               outcome = kind::done;
    std::size_t        clerk = 0;  ///< which one of the worker's
    accounting::effort effort{};
    std::string        text{};  ///< why, where it is refused or failed
};

/// Fits a pipe in one piece: what is too long is cut off.
std::string   to_line(worker_report const& report);
worker_report report_from(std::string const& line);

}  // namespace accounting
