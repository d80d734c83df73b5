# Read by ctest, after the tests of stint_pgtests were listed: without a server they are reported as disabled.

if("$ENV{STINT_TEST_POSTGRES}" STREQUAL "")
    foreach(test IN LISTS stint_pgtests_TESTS)
        set_tests_properties("${test}" PROPERTIES DISABLED TRUE)
    endforeach()
endif()
