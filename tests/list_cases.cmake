# Run when a program of doctest cases was built: writes CASES, which tells ctest each of its cases as a test.
#
#     cmake -DPROGRAM=... -DENGINE=... -DNEEDS=... -DPROPERTIES=... -DCASES=... -P list_cases.cmake
#
# A test is called ENGINE:case, and can be picked by the labels ENGINE, its suite (its file's name up to the suffix that says
# what it needs: unit_of_work) and its folder (uow). NEEDS is the name of an environment variable: without it, ctest lists the
# tests as not run. So it does with cases that skip themselves.

cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND ${PROGRAM} --list-test-cases --reporters=xml OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)

set(disabled FALSE)
if(NEEDS)
    set(disabled "\${disabled}")
    set(script "if(\"\$ENV{${NEEDS}}\" STREQUAL \"\")\n    set(disabled TRUE)\nelse()\n    set(disabled FALSE)\nendif()\n")
endif()

set(properties "")
foreach(word IN LISTS PROPERTIES)
    string(APPEND properties " [==[${word}]==]")
endforeach()

string(ASCII 31 semicolon) # for the while that the cases are a list
string(REPLACE ";" "${semicolon}" listed "${listed}")
string(REGEX MATCHALL "<TestCase [^\n]*" cases "${listed}")
foreach(case IN LISTS cases)
    if(NOT case MATCHES "name=\"([^\"]*)\".* filename=\"([^\"]*)\" .*skipped=\"([a-z]*)\"")
        message(FATAL_ERROR "doctest lists a case in a form that is not known: ${case}")
    endif()
    set(name "${CMAKE_MATCH_1}")
    set(file "${CMAKE_MATCH_2}")
    string(TOUPPER "${CMAKE_MATCH_3}" skipped)
    string(REPLACE "${semicolon}" ";" name "${name}")
    foreach(entity "quot|\"" "apos|'" "lt|<" "gt|>" "amp|&")
        string(REGEX MATCH "(.*)[|](.*)" entity "${entity}")
        string(REPLACE "&${CMAKE_MATCH_1};" "${CMAKE_MATCH_2}" name "${name}")
    endforeach()

    cmake_path(GET file STEM suite)
    string(REGEX REPLACE "_(engine|pg)?test$" "" suite "${suite}")
    cmake_path(GET file PARENT_PATH folder)
    cmake_path(GET folder FILENAME folder)

    string(REPLACE "," "\\," filter "${name}")
    string(APPEND script
        "add_test([==[${ENGINE}:${name}]==] [==[${PROGRAM}]==] [==[--test-case=${filter}]==])\n"
        "set_tests_properties([==[${ENGINE}:${name}]==] PROPERTIES LABELS [==[${ENGINE};${suite};${folder}]==]"
        " DISABLED ${disabled}${properties})\n")
    if(skipped)
        string(APPEND script "set_tests_properties([==[${ENGINE}:${name}]==] PROPERTIES DISABLED TRUE)\n")
    endif()
endforeach()
file(WRITE ${CASES} "${script}")
