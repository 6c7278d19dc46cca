# Sourced by scripts/test, after setup.sh: Debian's Prometheus and Open vSwitch, and a Docker engine to run containers with. The packages
# are only unpacked, outside of the tree: installed ones would start services on fixed ports and change the machine's firewall.
# shellcheck shell=bash disable=SC2034 # the reasons are read by scripts/test

readonly unpacked=${XCS_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/xcs}/debian
engine_dir=
engine_pid=

# unpack PACKAGE: prints the directory that the newest version of a Debian package is in, unpacked at the first time
unpack() (
    may_install || return 1
    version=$(package_version "$1")
    if [ -z "$version" ]; then
        apt-get -qq update > /dev/null && version=$(package_version "$1")
        [ -n "$version" ] || return 1
    fi
    directory=$unpacked/$1-$version
    if [ ! -d "$directory" ]; then
        say "Unpacking: $1 $version into $directory"
        mkdir -p "$unpacked" && work=$(mktemp -d "$unpacked/new.XXXXXX") || return 1
        trap 'rm -rf "$work"' EXIT
        cd "$work" || return 1
        # The lists may be older than the archive.
        download "$1" || { apt-get -qq update > /dev/null && download "$1"; } || return 1
        dpkg -x ./*.deb files > /dev/null && { mv files "$directory" 2> /dev/null || [ -d "$directory" ]; } || return 1
    fi
    printf '%s\n' "$directory"
)

package_version() { apt-cache policy "$1" 2> /dev/null | sed -n 's/^ *Candidate: \([^(]*\)$/\1/p'; }

download() { apt-get -qq -o APT::Sandbox::User=root download "$1" > /dev/null 2>&1; }

# find_prometheus: in the PATH, where XCS_PROMETHEUS says, or unpacked; prometheus_reason is why there is none
find_prometheus() {
    prometheus_reason=
    [ -n "${XCS_PROMETHEUS:-}" ] && return
    command -v prometheus > /dev/null && command -v promtool > /dev/null && return
    if XCS_PROMETHEUS=$(unpack prometheus)/usr/bin && [ -x "$XCS_PROMETHEUS/prometheus" ]; then
        export XCS_PROMETHEUS
    else
        unset XCS_PROMETHEUS
        prometheus_reason="no prometheus here; on Debian: apt-get install prometheus"
    fi
}

# find_openvswitch: installed, or unpacked where XCS_TEST_OPENVSWITCH says; without it the tests of its networks say that they are skipped
find_openvswitch() {
    [ -n "${XCS_TEST_OPENVSWITCH:-}" ] && return
    command -v ovs-vsctl > /dev/null && return
    local switch common
    switch=$(unpack openvswitch-switch) && common=$(unpack openvswitch-common) || return 0
    # What they are linked with starts nothing.
    if ldd "$switch/usr/lib/openvswitch-switch/ovs-vswitchd" | grep -q 'not found'; then
        install_packages libxdp1 libbpf1 libnuma1 libunbound8 libcap-ng0 || return 0
    fi
    export XCS_TEST_OPENVSWITCH=$switch:$common
}

engine_answers() {
    local socket=${DOCKER_HOST:-unix:///var/run/docker.sock}
    [[ $socket == unix://* ]] || return 1
    XCS_SOCKET=${socket#unix://} perl -MIO::Socket::UNIX -e '
        my $s = IO::Socket::UNIX->new(Peer => $ENV{XCS_SOCKET}) or exit 1;
        alarm 5; print $s "GET /_ping HTTP/1.0\r\n\r\n"; exit(<$s> =~ / 200 / ? 0 : 1)' 2> /dev/null
}

# find_engine: a Docker engine that answers, or one of our own; engine_reason is why there is none
find_engine() {
    engine_reason=
    engine_answers && return
    if [ -n "${DOCKER_HOST:-}" ]; then
        engine_reason="no Docker engine answers at $DOCKER_HOST"
    elif ! may_install; then
        engine_reason="no Docker engine answers at /var/run/docker.sock, and only root on Debian can start one here"
    else
        start_engine || engine_reason="no Docker engine answers at /var/run/docker.sock, and none could be started: $engine_failure"
    fi
}

# start_engine: Debian's dockerd without bridge and firewall rules, everything of it in a directory of its own; false with engine_failure
start_engine() {
    local package path=$PATH directory
    for package in docker.io containerd runc; do
        directory=$(unpack "$package") || { engine_failure="no package $package"; return 1; }
        path=$directory/usr/sbin:$directory/usr/bin:$path
    done
    # What they are linked with is in nearly every Debian.
    if PATH=$path ldd "$(PATH=$path command -v dockerd)" "$(PATH=$path command -v runc)" | grep -q 'not found'; then
        install_packages libdevmapper1.02.1 libseccomp2 libsystemd0 || { engine_failure="libraries are missing"; return 1; }
    fi
    engine_dir=$(mktemp -d -t xcs-engine.XXXXXX)
    export DOCKER_HOST=unix://$engine_dir/docker.sock
    PATH=$path dockerd --bridge=none --iptables=false --ip6tables=false --ip-forward=false --host "$DOCKER_HOST" \
        --data-root "$engine_dir/data" --exec-root "$engine_dir/exec" --pidfile "$engine_dir/pid" \
        > "$engine_dir/log" 2>&1 < /dev/null &
    engine_pid=$!
    local tries=0
    until engine_answers; do
        if ! kill -0 "$engine_pid" 2> /dev/null || [ $((tries += 1)) -gt 150 ]; then
            engine_failure=$(grep -E 'level=(fatal|error)|^failed' "$engine_dir/log" | tail -n 1)
            engine_failure=${engine_failure:-$(tail -n 1 "$engine_dir/log")}
            stop_engine
            return 1
        fi
        sleep 0.2
    done
}

# stop_engine: the one that start_engine started, if it did
stop_engine() {
    [ -n "$engine_dir" ] || return 0
    kill "$engine_pid" 2> /dev/null
    wait "$engine_pid" 2> /dev/null
    # What a killed engine left mounted must not be followed into.
    sed -n "s|^[^ ]* \($engine_dir/[^ ]*\) .*|\1|p" /proc/mounts | sort -r | while read -r mounted; do
        umount -l "$mounted"
    done
    rm -rf --one-file-system "$engine_dir"
    unset DOCKER_HOST
    engine_dir=
}
