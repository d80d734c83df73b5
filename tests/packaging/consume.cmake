# Builds and runs tests/packaging/consumer against this build, in the WAY find_package or add_subdirectory.
#
# Run by ctest; see CMakeLists.txt for what it hands in. The installed package is moved once before it is used, so
# that a path of the build tree in it would be found out.

function(run)
    execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(arguments
    -S ${CMAKE_CURRENT_LIST_DIR}/consumer
    -B ${WORK_DIR}/build
    -G ${GENERATOR}
    -DCMAKE_BUILD_TYPE=${BUILD_TYPE}
    -DCMAKE_CXX_COMPILER=${CXX_COMPILER}
    -DCMAKE_CXX_COMPILER_LAUNCHER=${CXX_COMPILER_LAUNCHER}
    -DCMAKE_CXX_FLAGS=${CXX_FLAGS})

if(WAY STREQUAL "find_package")
    file(REMOVE_RECURSE ${WORK_DIR})
    run(${CMAKE_COMMAND} --install ${STINT_BINARY_DIR} --prefix ${WORK_DIR}/staged)
    file(RENAME ${WORK_DIR}/staged ${WORK_DIR}/prefix)
    run(${CMAKE_COMMAND} ${arguments} -DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix)
else() # kept from run to run: this way builds the whole library again, as quickly as can be
    run(${CMAKE_COMMAND} ${arguments} -DSTINT_SOURCE_DIR=${STINT_SOURCE_DIR} -DBUILD_SHARED_LIBS=${SHARED}
        -DCMAKE_BUILD_TYPE=)
endif()
run(${CMAKE_COMMAND} --build ${WORK_DIR}/build --target consumer)

execute_process(COMMAND ${WORK_DIR}/build/consumer OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
if(NOT output STREQUAL "ok\n")
    message(FATAL_ERROR "the consumer printed '${output}' instead of 'ok'")
endif()
message(STATUS "the consumer printed ok")
