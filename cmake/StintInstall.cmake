# Installs the library as a CMake package: find_package(stint), then link stint::stint or a single room.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/stint)

install(TARGETS stint_core stint_lock_table stint_domain stint_locking stint_uow stint_sqlite stint_postgresql stint_engines stint
    EXPORT stintTargets
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT stintTargets NAMESPACE stint:: DESTINATION ${package_dir})

configure_package_config_file(cmake/stintConfig.cmake.in stintConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(stintConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/stintConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/stintConfigVersion.cmake
    cmake/FindSOCI.cmake
    DESTINATION ${package_dir})
