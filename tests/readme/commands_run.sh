#!/usr/bin/env bash
# Runs the commands of the sample that the README shows, in its order, in a folder with new books. Each must end with the exit
# code that stands in its comment, and then say what stands there before " ...", or end with 0.
#
#     commands_run.sh README PROGRAM

set -euo pipefail
readme=$1
program=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$program" init >/dev/null

count=0
while IFS='#' read -r command comment; do
    expected=0
    words=
    if [[ $comment =~ exit\ code\ ([0-9]+) ]]; then
        expected=${BASH_REMATCH[1]}
        words=${comment%% ...*}
    fi
    code=0
    read -ra arguments <<<"${command#accounting }"
    output=$("$program" "${arguments[@]}" 2>&1) || code=$?
    printf '$ %s\n%s\n' "$command" "$output"
    if ((code != expected)) || [[ $output != *"${words# }"* ]]; then
        printf 'exit code %d, where the README says %d:%s\n' "$code" "$expected" "$words"
        exit 1
    fi
    count=$((count + 1))
done < <(grep '^accounting ' "$readme")
((count > 0))
