#include "narrator.hpp"

#include "mapping.hpp"

namespace accounting {

namespace {

std::string in_words(stock const& stock) {
    return "stock " + stock.id.to_string() + ": " + stock.quantity.to_string();
}

std::string in_words(document const& document) {
    return "document " + document.id.to_string() + ": " + document.quantity.to_string() +
           (document.processed ? ", processed" : ", open");
}

std::string in_words(stint::tracked_object const& object) {
    auto const version = " (version " + std::to_string(object.version().value()) + ")";
    if (&object.mapper() == &stint::mapper_of<stock>())
        return in_words(*static_cast<stock const*>(object.object())) + version;
    return in_words(*static_cast<document const*>(object.object())) + version;
}

std::string in_words(std::vector<stint::change> const& changes) {
    std::string text;
    for (auto const& change : changes) text += (text.empty() ? "" : "; ") + to_string(change);
    return text;
}

std::string in_words(std::vector<stint::conflict> const& conflicts) {
    std::string text;
    for (auto const& conflict : conflicts) text += (text.empty() ? "" : "; ") + to_string(conflict);
    return text;
}

}  // namespace

void narrator::follow(stint::unit_of_work& work, std::string const& clerk) {
    auto& events = work.events();
    events.loaded.connect([this, clerk](auto const& objects) {
        for (auto const* object : objects) tell({clerk, "loaded", "reads " + in_words(*object)});
    });
    events.before_flush.connect([this, clerk](auto const& unit) {
        tell({clerk, "before_flush", "wants to write: " + in_words(unit.changes())});
    });
    events.committed.connect([this, clerk](auto const& report) {
        tell({clerk, "committed", "has committed " + std::to_string(report.updated) + " objects"});
    });
    events.conflict.connect([this, clerk](auto const& conflicts) {
        auto const together = alone();
        ++conflicts_;
        tell({clerk, "conflict", "is refused: " + in_words(conflicts), conflicts});
    });
}

void narrator::tell(step step) {
    auto const in_turn = alone();
    tell_(step);
    steps_.push_back(std::move(step));
}

}  // namespace accounting
