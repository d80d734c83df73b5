# Shared by the scripts, which set -euo pipefail first: messages, packages, builds, and running what can be interrupted.
# shellcheck shell=bash
#
#     source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

root_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '== %s\n' "$*" >&2; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 2
}

# end_dry_run: with STINT_DRY_RUN=1, a script ends here, when it has read its arguments: so are those tried that pages show.
end_dry_run() {
    if [[ -n ${STINT_DRY_RUN-} ]]; then
        exit 0
    fi
}

# packages_for GROUP...: the names in scripts/lib/packages of these groups, one a line.
packages_for() {
    local wanted=" $* " name group
    while read -r name group; do
        if [[ -n $name && $name != '#'* && $wanted == *" $group "* ]]; then
            echo "$name"
        fi
    done <"$root_dir/scripts/lib/packages"
}

is_installed() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# need_packages GROUP...: installs by apt what is missing, as root or by sudo, and says so.
need_packages() {
    local package missing=() as_root=()
    for package in $(packages_for "$@"); do
        is_installed "$package" || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        return
    fi

    command -v apt-get >/dev/null || die "these packages are missing and there is no apt-get: ${missing[*]}"
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "run this once as root, to install: ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    as_root+=(env DEBIAN_FRONTEND=noninteractive)
    "${as_root[@]}" apt-get update -q=2
    "${as_root[@]}" apt-get install -q=2 --yes --no-install-recommends "${missing[@]}" >/dev/null
}

# build PRESET [TARGET...]: configures and builds below build/PRESET, or what has changed there. With STINT_WERROR=1 in the
# environment, warnings are errors.
build() {
    local preset=$1 log=$root_dir/build/$1/configure.log settings=()
    shift
    if [[ -n ${STINT_WERROR-} ]]; then
        settings=(-D STINT_WERROR=ON)
    fi
    say "building build/$preset"
    mkdir -p "${log%/*}"
    run cmake -S "$root_dir" --preset "$preset" "${settings[@]}" >"$log" 2>&1 || { cat "$log" >&2 && return 1; }
    run cmake --build "$root_dir/build/$preset" ${1:+--target "$@"}
}

# run COMMAND...: runs it to its end, or ends it with all it started when this script is told to stop. A trap waits
# for a foreground child, so the child gets a process group of its own, unless it needs the terminal.
run() {
    if [[ -t 0 ]]; then
        "$@"
        return
    fi
    set -m
    "$@" &
    running_group=$!
    set +m
    local status=0
    wait "$running_group" || status=$?
    running_group=
    return "$status"
}

running_group=

# end_running: ends what run() started. For traps.
end_running() {
    if [[ -n $running_group ]]; then
        kill -TERM -- "-$running_group" 2>/dev/null || true
        wait "$running_group" 2>/dev/null || true
        running_group=
    fi
}

# on_exit COMMAND: calls it once, however the script ends, short of SIGKILL.
on_exit() {
    at_exit=$1
    trap 'leave $?' EXIT
    trap 'leave 129' HUP
    trap 'leave 130' INT
    trap 'leave 143' TERM
}

leave() {
    trap '' HUP INT TERM
    trap - EXIT
    end_running
    "$at_exit" || true
    exit "$1"
}
