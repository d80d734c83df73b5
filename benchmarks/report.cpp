#include "report.hpp"

#include <iomanip>
#include <ostream>

void print_table(std::ostream& out, std::vector<comparison> const& all) {
    out << std::left << std::setw(12) << "engine" << std::setw(38) << "what" << std::right << std::setw(12)
        << "Stint us" << std::setw(12) << "other us" << std::setw(8) << "ratio" << std::setw(7) << "goal"
        << std::setw(7) << "trips"
        << "  against\n";
    out << std::fixed;
    for (auto const& one : all) {
        out << std::left << std::setw(12) << one.engine << std::setw(38) << one.what << std::right
            << std::setprecision(1) << std::setw(12) << one.stint.count() << std::setw(12) << one.other.count()
            << std::setprecision(3) << std::setw(8) << one.ratio() << std::setprecision(2) << std::setw(7);
        if (one.goal > 0) out << one.goal;
        else out << "-";
        out << std::setw(7) << one.round_trips << "  " << one.other_way << '\n';
    }
}

void print_json(std::ostream& out, std::vector<comparison> const& all) {
    out << std::fixed << std::setprecision(3) << "[";
    for (auto const& one : all) {
        out << (&one == &all.front() ? "\n" : ",\n") << R"(  {"engine": ")" << one.engine << R"(", "what": ")"
            << one.what << R"(", "stint_us": )" << one.stint.count() << R"(, "against": ")" << one.other_way
            << R"(", "other_us": )" << one.other.count() << R"(, "ratio": )" << one.ratio() << R"(, "goal": )";
        if (one.goal > 0) out << one.goal;
        else out << "null";
        out << R"(, "round_trips": )" << one.round_trips << "}";
    }
    out << "\n]\n";
}
