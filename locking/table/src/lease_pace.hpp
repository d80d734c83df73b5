// lease_pace: how fast a keeper's heart beats (private to the room).
//
//     a lease   |---- beat ----|-- patience --|- pause -|-- patience --|... |- margin -|
//               granted        asked, no answer: late   asked again                   the end
//
// An answer that takes longer than patience is a failure. There is time to ask again before the margin, where the lease
// is given up. Nobody waits longer for an answer: not a caller of stop(), and not a listener that is to be told late.
#pragma once

#include <stint/deadline.hpp>
#include <stint/lease_keeper.hpp>

namespace stint {

struct lease_pace {
    using duration = deadline::clock::duration;

    /// Throws usage_error for times that don't fit together.
    static lease_pace of(keeper_options const& options);

    duration beat;      ///< between the begin of renewals
    duration margin;    ///< before the end of a lease, not to be relied on
    duration patience;  ///< how long an answer may take
    duration pause;     ///< before trying again after a failure
};

}  // namespace stint
