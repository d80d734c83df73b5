#!/usr/bin/env bash
# Every command of the project that a page shows in a block of its own is there, and takes the arguments that are shown: it is
# called with STINT_DRY_RUN=1, which lets a script end when it has read its arguments (scripts/lib/common.sh).
#
#     commands_are_as_shown.sh INTERPRETER       those that are written in bash, or in python3

set -euo pipefail
interpreter=$1
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# Of blocks that are indented, and of ```sh, without comments.
shown_commands() {
    cat README.md CONTRIBUTING.md docs/*.md | sed -nE 's/^( {4})?((scripts|\.ci)\/[^#]*[^# ]) *(#.*)?$/\2/p' | sort --unique
}

# Whether this test is for the command; also where its script isn't there, so that it is missed.
is_ours() {
    local script=${1%% *}
    [[ ! -e $script || $(head --lines=1 "$script") == *"$interpreter" ]]
}

count=0
failed=0
while read -r command; do
    is_ours "$command" || continue
    count=$((count + 1))
    if output=$(STINT_DRY_RUN=1 bash -c "$command" 2>&1 </dev/null); then
        printf 'good: %s\n' "$command"
    else
        printf 'FAILED: %s\n%s\n' "$command" "$output"
        failed=$((failed + 1))
    fi
done < <(shown_commands)
printf '%d commands, %d failed\n' "$count" "$failed"
((count > 0 && failed == 0))
