// if_optimised: how much a test does: all that is promised where the build is for speed, less where each statement
// takes long.
#pragma once

template <class Count>
constexpr Count if_optimised([[maybe_unused]] Count all, [[maybe_unused]] Count otherwise) {
#ifdef NDEBUG
    return all;
#else
    return otherwise;
#endif
}
