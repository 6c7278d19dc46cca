# Sourced by the scripts: what the machine needs, and the build of the daemon. $project is the project's root.
# shellcheck shell=bash disable=SC2154

say() { printf '%s\n' "$*" >&2; }

die() {
    say "${0##*/}: $*"
    exit 1
}

# Root on Debian may install what is missing; everybody else is told what to install.
may_install() { [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get > /dev/null; }

has_package() { apt-cache show --no-all-versions "$1" > /dev/null 2>&1; }

# install_packages PACKAGE...: says what it does; false when it cannot.
install_packages() {
    may_install || return 1
    say "Installing: $*"
    has_package "$1" || apt-get -qq update || return 1
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" > /dev/null < /dev/null && return
    # The lists may be older than the archive.
    apt-get -qq update \
        && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" > /dev/null < /dev/null
}

# The release of the compiler on the path, 0 if there is none.
jdk_release() {
    local version
    version=$(javac -version 2>&1) || version="javac 0"
    version=${version#javac }
    printf '%s\n' "${version%%[.-]*}"
}

need_java_and_maven() {
    local wanted=()
    if [ "$(jdk_release)" -lt 17 ]; then
        may_install && { has_package openjdk-17-jdk-headless || apt-get -qq update; }
        if may_install && ! has_package openjdk-17-jdk-headless; then
            wanted+=(default-jdk-headless)
        else
            wanted+=(openjdk-17-jdk-headless)
        fi
    fi
    command -v mvn > /dev/null || wanted+=(maven)
    [ ${#wanted[@]} = 0 ] && return
    install_packages "${wanted[@]}" \
        || die "a JDK 17 (or newer) and Maven 3.8 (or newer) are needed; on Debian: apt-get install ${wanted[*]}"
    hash -r
    [ "$(jdk_release)" -ge 17 ] || die "javac is older than 17: $(javac -version 2>&1)"
}

# What the web page is built on is installed by npm, within the Maven build.
need_npm() {
    command -v npm > /dev/null && return
    install_packages nodejs npm \
        || die "Node.js with npm is needed to build the web page; on Debian: apt-get install nodejs npm"
    hash -r
}

readonly jar=$project/target/xcsd.jar
readonly archive=$project/target/xcsd.jsa

build_is_current() {
    [ -e "$jar" ] || return 1
    local sources=("$project/pom.xml" "$project/src/main")
    [ -d "$project/webroot" ] && sources+=("$project/webroot")
    [ -z "$(find "${sources[@]}" -newer "$jar" -print -quit)" ]
}

# The jar alone, without tests and checks: those are scripts/test's.
build_daemon() {
    if ! build_is_current; then
        need_npm
        say "Building the daemon ..."
        (cd "$project" && mvn -B -q -ntp -Dstyle.color=never package -Dmaven.test.skip=true -Dspotless.check.skip -Dcyclonedx.skip \
            -Djacoco.skip) || die "the build failed"
        rm -f "$archive"
    fi
    [ -e "$archive" ] || archive_classes
}

# An archive of the loaded classes halves the time to start. Made by one short run on the simulated host; without it everything
# works, only slower.
archive_classes() {
    local trial daemon
    trial=$(mktemp -d)
    XCSD_JAVA_OPTS="-XX:ArchiveClassesAtExit=$archive -Xlog:cds=off -Xlog:cds+dynamic=off" "$project/scripts/xcsd" \
        --hypervisor sim --state-dir "$trial/state" --api-port 0 --management-port 0 --log-level error \
        > "$trial/log" 2>&1 < /dev/null &
    daemon=$!
    if await_endpoints "$trial/state" "$daemon"; then
        exercise "$trial/state"
    fi
    kill "$daemon" 2> /dev/null
    wait "$daemon" 2> /dev/null
    [ -e "$archive" ] || say "No class archive was made; the daemon starts slower. $(tail -n 3 "$trial/log")"
    rm -rf "$trial"
}

# await_endpoints STATE_DIR PID: until the daemon serves; false when it ended or took longer than a minute.
await_endpoints() {
    local tries=0
    while [ ! -e "$1/endpoints" ] || [ "$(endpoint "$1" pid)" != "$2" ]; do
        kill -0 "$2" 2> /dev/null || return 1
        [ $((tries += 1)) -gt 1200 ] && return 1
        sleep 0.05
    done
}

# endpoint STATE_DIR NAME: what the daemon wrote about itself: pid, api, management.
endpoint() { sed -n "s|^$2=||p" "$1/endpoints"; }

# request METHOD URL [TOKEN [BODY]]: prints the whole HTTP answer. Bash alone, since a fresh machine has no curl.
request() {
    local where=${2#http://} path=/ connection
    [[ $where == */* ]] && path=/${where#*/}
    where=${where%%/*}
    exec {connection}<> "/dev/tcp/${where%:*}/${where##*:}" || return 1
    {
        printf '%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n' "$1" "$path" "$where"
        [ -z "${3:-}" ] || printf 'Authorization: Bearer %s\r\n' "$3"
        [ -z "${4:-}" ] || printf 'Content-Type: application/json\r\nContent-Length: %d\r\n' "${#4}"
        printf '\r\n%s' "${4:-}"
    } >&"$connection"
    cat <&"$connection"
    exec {connection}>&-
}

# Loads what a first request would load, for the archive.
exercise() {
    local api token
    api=$(endpoint "$1" api)
    token=$(cat "$1/admin.token")
    {
        request GET "$(endpoint "$1" management)/readyz"
        request POST "$api/v1/domains" "$token" \
            '{"name": "trial", "type": "pv", "memoryMib": 64, "vcpus": 1, "kernel": "sim:linux"}'
        request GET "$api/v1/domains" "$token"
        request GET "$(endpoint "$1" management)/metrics"
    } > /dev/null 2>&1
}
