# Fails where a page shows C++ that no test compiles. docs/locking.md is compared with locking_examples_enginetest.cpp, and
# README.md with the program that it shows.

cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE pages ${ROOT}/docs/*.md)
list(APPEND pages ${ROOT}/README.md ${ROOT}/CONTRIBUTING.md)
foreach(page IN LISTS pages)
    file(READ ${page} text)
    string(REGEX MATCHALL "\n *```(cpp|c\\+\\+)" blocks "${text}")
    list(LENGTH blocks blocks)
    set(compiled 0)
    if(page STREQUAL "${ROOT}/README.md")
        set(compiled 1)
    elseif(page STREQUAL "${ROOT}/docs/locking.md")
        continue()
    endif()
    if(NOT blocks EQUAL compiled)
        message(FATAL_ERROR "${page} has ${blocks} blocks of C++, of which a test compiles ${compiled}")
    endif()
endforeach()
