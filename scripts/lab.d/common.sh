# shellcheck shell=bash disable=SC2154 # project, parts, state and cache are set by scripts/lab
# What every verb uses: messages, waiting, the tools it needs, who holds the lab.
set -euo pipefail

say() { echo "lab: $*"; }

fail() {
    echo "lab: $*" >&2
    exit 1
}

misuse() {
    echo "lab: $* (see scripts/lab --help)" >&2
    exit 2
}

no_arguments() { (($# == 0)) || misuse "unexpected argument: $1"; }

# await SECONDS COMMAND...: whether the command succeeded in time
await() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.2
    done
}

# need COMMAND:PACKAGE...: installs what is missing, if it may
need() {
    local pair missing=()
    for pair in "$@"; do
        type -P "${pair%%:*}" > /dev/null || missing+=("${pair##*:}")
    done
    ((${#missing[@]})) || return 0
    if ((EUID != 0)) || ! type -P apt-get > /dev/null; then
        fail "missing here: ${missing[*]}. As root on Debian: apt-get install ${missing[*]}"
    fi
    say "installing ${missing[*]}"
    { apt-get -qq update &&
        DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends \
            "${missing[@]}"; } > /dev/null || fail "apt-get could not install ${missing[*]}"
}

# The lock of this checkout's lab is a file lock that `up` takes and QEMU inherits: it is held as
# long as one of them lives, however they end.

# take_lock: false if somebody holds it; the lock is then on descriptor $lock
take_lock() {
    while :; do
        mkdir -p "$state"
        exec {lock}> "$state/lock"
        flock --nonblock "$lock" || {
            drop_lock
            return 1
        }
        # INVARIANT: the file locked is the one that has the name; `down` may have removed it
        [[ /proc/self/fd/$lock -ef $state/lock ]] && return 0
        drop_lock
    done
}

drop_lock() { exec {lock}>&-; }

# holder FILE: the process named in FILE of the state directory, if it holds the lab's lock
holder() {
    local pid descriptor
    [[ -s $state/$1 ]] || return 1
    pid=$(< "$state/$1")
    for descriptor in "/proc/$pid/fd"/*; do
        if [[ $descriptor -ef $state/lock ]]; then
            echo "$pid"
            return 0
        fi
    done
    return 1
}

# is_up: whether a lab lives here; a dead one is cleaned away
is_up() {
    [[ -e $state/lock ]] || return 1
    take_lock || return 0
    remove_run
    drop_lock
    return 1
}

# The caller holds the lock.
remove_run() {
    [[ ! -S $state/ssh ]] || lab_ssh_control exit || true
    find "$state" -mindepth 1 -maxdepth 1 ! -name lock ! -name failed -exec rm -rf {} +
    rm -f "$state/lock"
    rmdir "$state" 2> /dev/null || true
}

need_lab() { is_up || fail "no lab is up in $project (scripts/lab up)"; }
