# Writes the examples of headers into files of their own, which header_examples.cpp includes: FOLDER/NAME.inc, and NAME_2.inc
# for the second of a header.
#
#     awk -v folder=FOLDER -v user=header_examples.cpp -f examples.awk HEADER...
#
# An example is a block of comment lines that are indented by five spaces, behind an empty comment line, whose first line ends
# like code: tables and the like end in words. "..." between spaces stands for a statement. Fails where USER does not include
# an example, or includes what is none.

function ends_like_code(line) {
    sub(/ *\/\/ .*$/, "", line)
    return line ~ /[;{}(),]$/ || line ~ / \.\.\.$/
}

# Begins the next example of this header.
function start(    name) {
    name = FILENAME
    sub(/.*\//, "", name)
    sub(/\.hpp$/, "", name)
    count[FILENAME]++
    if (count[FILENAME] > 1) {
        name = name "_" count[FILENAME]
    }
    written[name ".inc"] = FILENAME
    output = folder "/" name ".inc"
    printf "" > output
    print "#line " FNR " \"" FILENAME "\"" > output
}

FNR == 1 { state = "words" }

/^ *\/\/\/?     / {
    line = $0
    sub(/^ *\/\/\/?     /, "", line)
    if (state == "behind empty") {
        state = ends_like_code(line) ? "example" : "table"
        if (state == "example") {
            start()
        }
    }
    if (state == "example") {
        gsub(/(^| )\.\.\.( |$)/, " ; ", line)
        print line > output
    }
    next
}

/^ *\/\/\/?$/ { state = "behind empty"; next }
{ state = "words" }

END {
    while ((getline line < user) > 0) {
        if (line ~ /^#include "[a-z_0-9]+\.inc"/) {
            split(line, part, "\"")
            used[part[2]] = 1
        }
    }
    for (name in written) {
        examples++
        if (!(name in used)) {
            print written[name] ": an example is not compiled: " user " does not include " name > "/dev/stderr"
            failed = 1
        }
    }
    for (name in used) {
        if (!(name in written)) {
            print user ": no header has the example " name > "/dev/stderr"
            failed = 1
        }
    }
    exit failed || examples == 0
}
