#include "worker_report.hpp"

#include <algorithm>
#include <sstream>

namespace accounting {

namespace {

constexpr std::size_t longest_text = 2000;

}  // namespace

std::string to_line(worker_report const& report) {
    auto text = report.text.substr(0, longest_text);
    std::replace(text.begin(), text.end(), '\n', ' ');
    return std::string(1, static_cast<char>(report.outcome)) + " " + std::to_string(report.clerk) + " " +
           std::to_string(report.effort.conflicts) + " " + std::to_string(report.effort.retries) + " " + text;
}

worker_report report_from(std::string const& line) {
    worker_report      report;
    std::istringstream in{line};
    char               outcome = 'f';
    in >> outcome >> report.clerk >> report.effort.conflicts >> report.effort.retries;
    in.ignore(1);
    std::getline(in, report.text);
    report.outcome = static_cast<worker_report::kind>(outcome);
    return report;
}

}  // namespace accounting
