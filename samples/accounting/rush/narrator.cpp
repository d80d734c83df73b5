#include "narrator.hpp"

#include "mapping.hpp"

namespace accounting {

namespace {

std::string in_words(stock const& one) {
    return "stock " + one.id.to_string() + ": " + one.quantity.to_string();
}

std::string in_words(document const& one) {
    return "document " + one.id.to_string() + ": " + one.quantity.to_string() +
           (one.processed ? ", processed" : ", open");
}

std::string in_words(stint::tracked_object const& one) {
    auto const version = " (version " + std::to_string(one.version().value()) + ")";
    if (&one.mapper() == &stint::mapper_of<stock>())
        return in_words(*static_cast<stock const*>(one.object())) + version;
    return in_words(*static_cast<document const*>(one.object())) + version;
}

std::string in_words(std::vector<stint::change> const& changes) {
    std::string text;
    for (auto const& one : changes) text += (text.empty() ? "" : "; ") + to_string(one);
    return text;
}

std::string in_words(std::vector<stint::conflict> const& conflicts) {
    std::string text;
    for (auto const& one : conflicts) text += (text.empty() ? "" : "; ") + to_string(one);
    return text;
}

}  // namespace

void narrator::follow(stint::unit_of_work& work, std::string const& who) {
    auto& on = work.on();
    on.loaded.connect([this, who](auto const& objects) {
        for (auto const* one : objects) tell({who, "loaded", "reads " + in_words(*one)});
    });
    on.before_flush.connect(
        [this, who](auto const& unit) { tell({who, "before_flush", "wants to write: " + in_words(unit.changes())}); });
    on.committed.connect([this, who](auto const& report) {
        tell({who, "committed", "has committed " + std::to_string(report.updated) + " objects"});
    });
    on.conflict.connect([this, who](auto const& conflicts) {
        auto const together = alone();
        ++conflicts_;
        tell({who, "conflict", "is refused: " + in_words(conflicts), conflicts});
    });
}

void narrator::tell(step one) {
    auto const in_turn = alone();
    tell_(one);
    steps_.push_back(std::move(one));
}

}  // namespace accounting
