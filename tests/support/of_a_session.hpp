// A mark of tests that count on a session of their own, and so don't run through a pooler that gives each transaction
// another.
//
//     TEST_CASE("what is told on a channel is heard" * of_a_session) {...}
#pragma once

#include <doctest/doctest.h>

inline doctest::test_suite const of_a_session{"session"};
