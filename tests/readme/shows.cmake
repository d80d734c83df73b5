# Fails unless the README holds the program to the letter.

file(READ ${README} readme)
file(READ ${PROGRAM} program)
string(FIND "${readme}" "```cpp\n${program}```" place)
if(place EQUAL -1)
    message(FATAL_ERROR "the program in ${README} is not ${PROGRAM}: copy it")
endif()
