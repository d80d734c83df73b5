# Read by ctest, after the tests of stint_pgtests were listed: without a server, or a pooler, they are reported as disabled.

if("$ENV{STINT_TEST_POSTGRES}" STREQUAL "")
    foreach(test IN LISTS stint_pgtests_TESTS)
        set_tests_properties("${test}" PROPERTIES DISABLED TRUE)
    endforeach()
endif()
if("$ENV{STINT_TEST_POOLER}" STREQUAL "")
    set_tests_properties(pooler PROPERTIES DISABLED TRUE)
endif()
