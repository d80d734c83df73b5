#include "lease_pace.hpp"

#include <algorithm>
#include <string>

#include <stint/error.hpp>

namespace stint {
namespace {

using std::chrono::milliseconds;

milliseconds given_or(milliseconds given, milliseconds otherwise) noexcept {
    return given == milliseconds{0} ? otherwise : given;
}

std::string to_text(milliseconds time) {
    return std::to_string(time.count()) + " ms";
}

void check_length(milliseconds lease, milliseconds tenure) {
    constexpr milliseconds shortest{10};
    if (lease < shortest || lease > lock_table::longest_lease)
        throw usage_error("a keeper can't renew for " + to_text(lease) +
                          ": give keeper_options::lease 10 ms to 31 days");
    if (tenure <= milliseconds{0})
        throw usage_error("a tenure of " + to_text(tenure) +
                          " ends before it begins: give keeper_options::tenure more");
}

}  // namespace

lease_pace lease_pace::of(keeper_options const& options) {
    check_length(options.lease, options.tenure);
    auto const beat = given_or(options.beat, options.lease / 3);
    auto const margin = given_or(options.margin, options.lease / 10);
    if (beat < milliseconds{1} || margin < milliseconds{1} || beat >= options.lease - margin)
        throw usage_error("a beat of " + to_text(beat) + " and a margin of " + to_text(margin) +
                          " leave no time in a lease of " + to_text(options.lease) + ": lengthen the lease");
    duration const spare = options.lease - margin - beat;
    auto const     patience = std::min<duration>(options.lease / 3, spare / 2);
    return {beat, margin, patience, std::min<duration>(options.lease / 10, patience / 2)};
}

}  // namespace stint
