# shellcheck shell=bash
# The image: made once for each recipe, kept outside the tree.

# Everything that decides what is in the image.
recipe_id() {
    { cat /etc/debian_version
        cd "$parts/image" && find . -type f -print0 | sort -z | xargs -0 sha256sum; } 2> /dev/null |
        sha256sum | cut -c 1-16
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
        "$parts/image/make" "$temporary" &
        builder=$!
        # in the background, so that a signal is acted on at once
        trap 'kill $builder 2> /dev/null; wait $builder; rm -rf --one-file-system "$temporary"; exit 1' \
            INT TERM HUP
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
