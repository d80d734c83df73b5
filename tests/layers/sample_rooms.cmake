# Fails where the sample's business includes its desk or its rush, or the rush the desk.

cmake_minimum_required(VERSION 3.25)

function(refuse_includes folder upper)
    file(GLOB sources ${folder}/*.hpp ${folder}/*.cpp)
    if(NOT sources)
        message(FATAL_ERROR "${folder} has no sources")
    endif()
    foreach(source IN LISTS sources)
        file(STRINGS ${source} includes REGEX "^[ \t]*#[ \t]*include[ \t]*[\"<](\\.\\./)*(${upper})/")
        if(includes)
            message(FATAL_ERROR "${source} knows a room above: ${includes}")
        endif()
    endforeach()
endfunction()

refuse_includes(${SAMPLE} "desk|rush")
refuse_includes(${SAMPLE}/rush "desk")
