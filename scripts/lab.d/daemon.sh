# shellcheck shell=bash disable=SC2154 # project, parts, state and cache are set by scripts/lab
# The daemon in dom0, as tests handle it.
set -euo pipefail

# ready: whether the management port answers /readyz with 200, seen from this machine. In a shell of its own, which a connection that is
# reset while it is written to cannot take the whole script with (SIGPIPE).
ready() (
    trap '' PIPE
    {
        exec {connection}<> "/dev/tcp/127.0.0.1/$(value management_port)"
        printf 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&"$connection"
        read -r -t 5 _ status _ <&"$connection"
    } 2> /dev/null
    [[ ${status:-} == 200 ]]
)

ready_or_ended() { ready || ! in_dom0 /run/lab/daemon status > /dev/null; }

# start_daemon [ARGUMENT...]: until it is ready; then its token is here. Started once more when the emulator has spoilt the first start.
start_daemon() {
    local attempt
    for attempt in 1 2; do
        in_dom0 /run/lab/daemon start "$@" || return 1
        if await 240 ready_or_ended && ready; then
            fetch_token
            return
        fi
        in_dom0 cat /var/log/xcsd.log > "$state/xcsd.log" || true
        echo "lab: the daemon is not ready; its last lines:" >&2
        tail -n 30 "$state/xcsd.log" >&2
        ((attempt == 1)) && spoilt "$state/xcsd.log" || return 1
        echo "lab: the emulator ran code wrongly that the JVM had compiled; the daemon is started once more" >&2
    done
}

# spoilt LOG: whether the JVM has ended in Java code that it had compiled itself (a frame J). With two emulated processors that was seen
# now and then, in code as simple as the constructor of Object; a fault in a native library (a frame C) is ours.
spoilt() {
    tail -n 30 "$1" | grep -q 'A fatal error has been detected by the Java Runtime Environment' \
        && tail -n 30 "$1" | grep -A 1 '^# Problematic frame:' | grep -q '^# J '
}

fetch_token() {
    rm -f "$state/admin.token"
    (umask 077 && in_dom0 cat /var/lib/xcs/admin.token > "$state/admin.token.new" 2> /dev/null) || {
        rm -f "$state/admin.token.new"
        say "the daemon wrote no admin token"
        return
    }
    mv "$state/admin.token.new" "$state/admin.token"
}

lab_daemon() {
    local action=${1:-}
    shift || true
    need_dom0
    case $action in
        start) start_daemon "$@" || exit 1 ;;
        restart)
            in_dom0 /run/lab/daemon stop
            start_daemon "$@" || exit 1
            ;;
        stop | kill9 | status) in_dom0 /run/lab/daemon "$action" ;;
        log) in_dom0 cat /var/log/xcsd.log ;;
        *) misuse "daemon start, stop, restart, kill9, status or log" ;;
    esac
}

lab_demo() {
    [[ -x $parts/demo ]] || {
        echo "lab: there is no demo yet ($parts/demo is missing)" >&2
        exit 2
    }
    exec "$parts/demo" "$@"
}
