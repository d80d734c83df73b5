# Finds SOCI, the database access library, where it is installed without a CMake package of its own.
#
#     find_package(SOCI 4.0 REQUIRED COMPONENTS sqlite3 postgresql)
#
# Components: sqlite3, postgresql. Defines
#     SOCI::core          the library without a backend
#     SOCI::sqlite3       the backend, with SOCI::core and SQLite
#     SOCI::postgresql    the backend, with SOCI::core and libpq
#     SOCI_FOUND, SOCI_VERSION, and SOCI_<component>_FOUND
# Set SOCI_ROOT when SOCI lies in an unusual place.

find_path(SOCI_INCLUDE_DIR soci/soci.h)
find_library(SOCI_CORE_LIBRARY soci_core)
mark_as_advanced(SOCI_INCLUDE_DIR SOCI_CORE_LIBRARY)

unset(SOCI_VERSION)
if(EXISTS "${SOCI_INCLUDE_DIR}/soci/version.h")
    file(STRINGS "${SOCI_INCLUDE_DIR}/soci/version.h" soci_version_line REGEX "define SOCI_LIB_VERSION ")
    string(REGEX REPLACE ".*\"([0-9_]+)\".*" "\\1" SOCI_VERSION "${soci_version_line}")
    string(REPLACE "_" "." SOCI_VERSION "${SOCI_VERSION}")
    unset(soci_version_line)
endif()

# What each backend needs beside its own library: a package, and the target that package defines.
set(soci_sqlite3_package SQLite3)
set(soci_sqlite3_client SQLite::SQLite3)
set(soci_postgresql_package PostgreSQL)
set(soci_postgresql_client PostgreSQL::PostgreSQL)

foreach(backend IN LISTS SOCI_FIND_COMPONENTS)
    if(NOT soci_${backend}_package)
        set(SOCI_${backend}_FOUND FALSE)
        continue()
    endif()
    find_path(SOCI_${backend}_INCLUDE_DIR soci/${backend}/soci-${backend}.h HINTS ${SOCI_INCLUDE_DIR})
    find_library(SOCI_${backend}_LIBRARY soci_${backend})
    mark_as_advanced(SOCI_${backend}_INCLUDE_DIR SOCI_${backend}_LIBRARY)
    find_package(${soci_${backend}_package} QUIET)
    if(SOCI_${backend}_INCLUDE_DIR AND SOCI_${backend}_LIBRARY AND TARGET ${soci_${backend}_client})
        set(SOCI_${backend}_FOUND TRUE)
    else()
        set(SOCI_${backend}_FOUND FALSE)
    endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SOCI
    REQUIRED_VARS SOCI_CORE_LIBRARY SOCI_INCLUDE_DIR
    VERSION_VAR SOCI_VERSION
    HANDLE_COMPONENTS)

if(SOCI_FOUND AND NOT TARGET SOCI::core)
    find_package(Threads QUIET)
    find_package(Boost QUIET CONFIG)
    add_library(SOCI::core UNKNOWN IMPORTED)
    set_target_properties(SOCI::core PROPERTIES
        IMPORTED_LOCATION ${SOCI_CORE_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${SOCI_INCLUDE_DIR})
    target_link_libraries(SOCI::core INTERFACE Threads::Threads ${CMAKE_DL_LIBS})
    if(TARGET Boost::headers) # which SOCI's own headers include where it was built with Boost
        target_link_libraries(SOCI::core INTERFACE Boost::headers)
    endif()
endif()

foreach(backend IN LISTS SOCI_FIND_COMPONENTS)
    if(SOCI_FOUND AND SOCI_${backend}_FOUND AND NOT TARGET SOCI::${backend})
        add_library(SOCI::${backend} UNKNOWN IMPORTED)
        set_target_properties(SOCI::${backend} PROPERTIES
            IMPORTED_LOCATION ${SOCI_${backend}_LIBRARY}
            INTERFACE_INCLUDE_DIRECTORIES ${SOCI_${backend}_INCLUDE_DIR})
        target_link_libraries(SOCI::${backend} INTERFACE SOCI::core ${soci_${backend}_client})
    endif()
    unset(soci_${backend}_package)
    unset(soci_${backend}_client)
endforeach()
