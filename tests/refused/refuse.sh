#!/usr/bin/env bash
# Gives one of the mistakes to a compiler, and fails unless it is refused in our words.
#
#     refuse.sh COMPILER FLAGS FOLDER FILE              precompiles what stands before the first mistake
#     refuse.sh COMPILER FLAGS FOLDER FILE MISTAKE
#
# COMPILER is g++ or clang++; FLAGS a file of arguments for it; FOLDER is where it keeps what it precompiles. In FILE stands behind
#
#     // mistake: MISTAKE
#
# what the compiler must say, and then the code.
#
#     // says: SENTENCE                  in one of the first three lines of its output
#     // g++ says: ..., clang++ says:    only that compiler
#     // g++ says by line 9: ...         later than it should
#     // says nothing                    it compiles without a warning

set -euo pipefail
compiler=$1
flags=$2
folder=$3
file=$4
preamble=$folder/preamble.hpp
arguments=(-std=c++20 -Wall -Wextra -fno-diagnostics-color "@$flags")
export LC_ALL=C # plain quotes

# Each looks for what it has precompiled of a header beside it.
case $("$compiler" --version) in
*clang*) family=clang++ precompiled=$preamble.pch ;;
*) family=g++ precompiled=$preamble.gch ;;
esac
if (($# == 4)); then
    mkdir -p "$folder"
    sed '/^\/\/ mistake: /,$d' "$file" >"$preamble"
    exec "$compiler" "${arguments[@]}" -x c++-header "$preamble" -o "$precompiled"
fi

mistake=$5
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# All else is left out as empty lines, so that the compiler's lines are the file's.
awk -v wanted="// mistake: $mistake" '
    /^\/\/ mistake: / { within = $0 == wanted; found += within }
    { print within ? $0 : "" }
    END { exit found != 1 }' "$file" >"$scratch/$(basename "$file")" ||
    { echo "not once in $file: $mistake" && exit 2; }

refused=0
"$compiler" "${arguments[@]}" -fsyntax-only -include "$preamble" "$scratch/$(basename "$file")" >"$scratch/output" 2>&1 || refused=1
printf '%s:\n' "$family"
cat "$scratch/output"

failed=0
expected=0
while IFS= read -r line; do
    expected=$((expected + 1))
    if [[ $line =~ ^//\ says\ nothing ]]; then
        if ((refused)) || [[ -s $scratch/output ]]; then
            echo "not expected: that it is refused, or warned of" && failed=1
        fi
    elif [[ $line =~ ^//\ ((g\+\+|clang\+\+)\ )?says(\ by\ line\ ([0-9]+))?:\ (.*)$ ]]; then
        of=${BASH_REMATCH[2]:-$family}
        last=${BASH_REMATCH[4]:-3}
        sentence=${BASH_REMATCH[5]}
        if [[ $of == "$family" ]] &&
            { ((refused == 0)) || ! head --lines="$last" "$scratch/output" | grep --quiet --fixed-strings -- "$sentence"; }; then
            echo "not in the first $last lines: $sentence" && failed=1
        fi
    fi
done < <(awk -v wanted="// mistake: $mistake" '
    /^\/\/ mistake: / { within = $0 == wanted; next }
    within && /^\/\/ .*says/ { print; next }
    { within = 0 }' "$file")
((expected > 0)) || { echo "nothing is expected of: $mistake" && exit 2; }
exit "$failed"
