# What every target of this project has in common.

# stint_compile_as_ours(TARGET)
#
# C++20 without extensions, and the warnings that this project keeps clean. Nothing of it reaches a user of the target.
function(stint_compile_as_ours target)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
    target_compile_features(${target} PRIVATE cxx_std_20)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
    if(STINT_WERROR)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
endfunction()

# stint_precompile(TARGET HEADER... | REUSE_FROM OTHER): for what includes much; a third of the time that a test takes to
# compile. A room names only what others wrote, so that each of its files still has to include what it uses of ours.
# ccache doesn't need it, and would not know again what it had compiled. g++ 12 with -O3 takes what comes from such headers for
# ours, and warns of things in them that aren't there.
function(stint_precompile target)
    if(NOT STINT_CCACHE_PROGRAM AND NOT CMAKE_BUILD_TYPE STREQUAL "Release")
        if(ARGV1 STREQUAL "REUSE_FROM")
            target_precompile_headers(${target} REUSE_FROM ${ARGV2})
        else()
            target_precompile_headers(${target} PRIVATE ${ARGN})
        endif()
    endif()
endfunction()

# stint_add_library(NAME SOURCE...): the target stint_NAME, exported as stint::NAME.
function(stint_add_library name)
    set(target stint_${name})
    add_library(${target} ${ARGN})
    add_library(stint::${name} ALIAS ${target})
    stint_compile_as_ours(${target})
    set_target_properties(${target} PROPERTIES
        EXPORT_NAME ${name}
        VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endfunction()

# stint_add_room(NAME [BELOW ROOM...] HEADERS name.hpp... SOURCES name.cpp...)
#
# One layer of the library as the target stint::NAME. Headers are named relative to include/stint/, sources to src/.
# A room exports its own include folder and what the rooms BELOW it export: an include of a room above does not compile.
function(stint_add_room name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "BELOW;HEADERS;SOURCES")
    list(TRANSFORM arg_HEADERS PREPEND include/stint/)
    list(TRANSFORM arg_SOURCES PREPEND src/)

    set(target stint_${name})
    stint_add_library(${name} ${arg_SOURCES})
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${arg_HEADERS})
    target_include_directories(${target} PRIVATE src)
    target_compile_features(${target} PUBLIC cxx_std_20)
    list(TRANSFORM arg_BELOW PREPEND stint::)
    target_link_libraries(${target} PUBLIC ${arg_BELOW})
endfunction()

# stint_add_engine(NAME SOURCES name.cpp...)
#
# One engine as the target stint::NAME, beside the ladder: it knows core, how any engine writes (core/src), and what is asked
# of its lock table (locking/table). Only the list of built-in engines knows it, so it exports no header.
function(stint_add_engine name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES")
    set(target stint_${name})
    stint_add_library(${name} ${arg_SOURCES})
    target_include_directories(${target} PRIVATE
        ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/core/src ${PROJECT_SOURCE_DIR}/locking/table/src)
    target_link_libraries(${target} PUBLIC stint::core PRIVATE stint::lock_table)
endfunction()
