# shellcheck shell=bash disable=SC2154 # project, parts, state and cache are set by scripts/lab
# The image: made once for each recipe, kept outside the tree.
set -euo pipefail

# Everything that decides what is in the image.
recipe_id() {
    (
        cat /etc/debian_version
        cd "$parts/image"
        find . -type f -print0 | sort -z | xargs -0 sha256sum
    ) | sha256sum | cut -c 1-64
}

image_dir() { echo "$cache/$(recipe_id)"; }

build_image() {
    local image temporary builder started=$SECONDS
    image=$(image_dir)
    if [[ -d $image ]]; then
        say "the image is there: $image"
        return
    fi
    ((EUID == 0)) || fail "building the image needs root"
    need mmdebstrap:mmdebstrap mke2fs:e2fsprogs unshare:util-linux
    # apt tells Debian's sources from others by what it last fetched from them
    apt-get indextargets --format "\$(ORIGIN)" | grep -qx Debian || apt-get -qq update
    mkdir -p "$cache"
    exec {building}> "$cache/lock"
    flock --nonblock "$building" || {
        say "another build is under way; waiting for it"
        flock "$building"
    }
    # whoever left one behind is dead: the lock is ours
    rm -rf --one-file-system "$cache"/building-*
    if [[ ! -d $image ]]; then
        temporary=$(mktemp -d "$cache/building-XXXXXX")
        # a session of its own, in the background: a signal is acted on at once, and ends all of it
        setsid "$parts/image/make" "$temporary" &
        builder=$!
        trap 'stop_build "$builder" "$temporary"' INT TERM HUP
        wait "$builder" || {
            rm -rf --one-file-system "$temporary"
            fail "the image could not be built"
        }
        trap - INT TERM HUP
        chmod 755 "$temporary"
        mv "$temporary" "$image"
        say "built in $((SECONDS - started)) s: $image ($(du -sh "$image" | cut -f 1))"
    fi
    exec {building}>&-
}

# stop_build SESSION DIRECTORY
stop_build() {
    trap '' INT TERM HUP
    kill -TERM -- "-$1" 2> /dev/null || true
    await 30 session_ended "$1" || kill -KILL -- "-$1" 2> /dev/null || true
    rm -rf --one-file-system "$2"
    fail "the build was interrupted"
}

session_ended() { ! kill -0 -- "-$1" 2> /dev/null; }
