# shellcheck shell=bash disable=SC2154 # project, parts, state and cache are set by scripts/lab
# A run: up, exec, put, down.
set -euo pipefail

# value NAME: what `up` noted about the run
value() { sed -n "s/^$1=//p" "$state/run"; }

lab_ssh() { (cd "$state" && exec ssh -F ssh_config "$@"); }

lab_ssh_control() { lab_ssh -O "$1" dom0 2> /dev/null; }

# One connection serves all commands: a key exchange takes seconds under emulation.
connect() { lab_ssh_control check || (new_connection); }

# new_connection: in a subshell; commands that run in parallel make one together
new_connection() {
    local connecting
    [[ -e $state/ssh_config ]] || return 1
    exec {connecting}> "$state/ssh.lock"
    flock "$connecting"
    ! lab_ssh_control check || return 0
    # the socket of a connection that broke
    rm -f "$state/ssh"
    (
        exec {connecting}>&- {lock}>&-
        lab_ssh -M -N -f dom0 < /dev/null > /dev/null 2>> "$state/ssh.log"
    )
}

# quoted ARG...: as the shell of dom0 has to read them
quoted() {
    local argument
    for argument in "$@"; do
        printf " '%s'" "${argument//\'/\'\\\'\'}"
    done
}

# in_dom0 COMMAND...: the exit at the end makes the shell stay, so that a command killed by
# signal N gives 128 + N and not the 255 of ssh's own errors
in_dom0() { lab_ssh dom0 "$(quoted "$@"); exit"; }

need_dom0() {
    need_lab
    connect || fail "dom0 does not answer (scripts/lab log shows its console)"
}

lab_exec() {
    [[ ${1:-} != -- ]] || shift
    (($#)) || misuse "exec needs a command"
    need_dom0
    in_dom0 "$@"
}

lab_shell() {
    need_dom0
    lab_ssh -t dom0
}

lab_put() {
    (($# == 2)) || misuse "put needs FILE and PATH"
    [[ -f $1 && -r $1 ]] || fail "cannot read $1"
    need_dom0
    put_file "$@"
}

# put_file FILE PATH: appears whole or not at all; PATH may be a directory
put_file() {
    # shellcheck disable=SC2016,SC2094 # expanded in dom0; nothing here writes to the file
    in_dom0 sh -euc '
        if [ -d "$1" ] || [ "${1%/}" != "$1" ]; then set -- "${1%/}/$2" "$2" "$3"; fi
        mkdir -p "$(dirname "$1")"
        trap "rm -f \"\$1.part\"" EXIT
        cat > "$1.part"
        chmod "$3" "$1.part"
        mv -f "$1.part" "$1"' put "$2" "${1##*/}" "$(stat -c %a "$1")" < "$1"
}

# who_listens PORT: the process that holds a loopback port, in words
who_listens() {
    local line
    line=$(ss -ltnpH "sport = :$1" 2> /dev/null | head -n 1)
    [[ $line ]] || return 1
    [[ $line =~ \(\(\"([^\"]*)\",pid=([0-9]+) ]] || { echo "an unknown process" && return; }
    echo "${BASH_REMATCH[1]}, pid ${BASH_REMATCH[2]}, in $(readlink "/proc/${BASH_REMATCH[2]}/cwd")"
}

# mend_emulator: makes a directory of QEMU's modules, one of them mended. An emulator that cannot be is good for all but guests by UEFI.
mend_emulator() {
    local module from
    emulator=unmended
    module=$(find /usr/lib -path '*/qemu/accel-tcg-x86_64.so' -print -quit)
    [[ -n $module ]] || return 0
    from=$(dirname "$module")
    mkdir "$state/modules"
    find "$from" -name '*.so' ! -name "${module##*/}" -exec ln -s -t "$state/modules" {} +
    if "$parts/mend-emulator" "$module" > "$state/modules/${module##*/}"; then
        emulator=mended
    else
        rm -rf "$state/modules"
    fi
}

# make_seed IMAGE: the keys and the init that dom0 takes from its second disk, and its own kernel, for guests that have it on theirs.
make_seed() {
    local seed=$state/seed
    mkdir "$seed"
    ssh-keygen -q -t ed25519 -N '' -C lab -f "$state/key"
    ssh-keygen -q -t ed25519 -N '' -C lab -f "$seed/host_key"
    cp "$state/key.pub" "$seed/authorized_keys"
    echo "dom0 $(cut -d ' ' -f 1,2 "$seed/host_key.pub")" > "$state/known_hosts"
    cp "$parts"/dom0/* "$1/vmlinuz" "$seed/"
    echo "$xenstored" > "$seed/xenstored"
    echo "$emulator" > "$seed/emulator"
    # whole blocks: the disk's size is a multiple of 512 bytes
    tar -c -f "$state/seed.tar" --owner=0 --group=0 -C "$seed" .
    rm -rf "$seed"
}

write_ssh_config() {
    cat > "$state/ssh_config" << END
Host dom0
    HostName 127.0.0.1
    Port $1
    User root
    IdentityFile key
    IdentitiesOnly yes
    UserKnownHostsFile known_hosts
    HostKeyAlias dom0
    StrictHostKeyChecking yes
    BatchMode yes
    ControlPath ssh
    ConnectTimeout 30
    ServerAliveInterval 15
    ServerAliveCountMax 8
    LogLevel ERROR
END
}

# start_qemu IMAGE: in the background; inherits the lock. Each CPU flag that is off has a reason:
# with smap dom0 dies at its first page fault, with rdtscp and xsave PVH guests do not start.
start_qemu() {
    local image=$1 escaped=${1//,/,,}
    local xen="com1=115200,8n1 console=com1 loglvl=warning noreboot dom0_mem=2048M dom0_max_vcpus=2"
    local linux="console=hvc0 net.ifnames=0 quiet"
    # shellcheck disable=SC2054 # commas are QEMU's
    local arguments=(
        -name xcs-lab -display none -monitor none -no-reboot -no-user-config
        -accel tcg,thread=multi,tb-size=1024 -cpu max,-smap,-smep,-pku,-la57,-rdtscp,-xsave
        -smp 2 -m 6144 -serial file:console.log
        -kernel "$image/xen" -append "$xen"
        -initrd "$escaped/vmlinuz $linux,$escaped/initrd"
        -drive "file=$escaped/dom0.img,format=raw,if=none,id=root,snapshot=on,discard=unmap"
        -device virtio-blk-pci,drive=root,addr=4
        -drive file=seed.tar,format=raw,if=none,id=seed,read-only=on
        -device virtio-blk-pci,drive=seed,addr=5
        -netdev "$(forwards)" -device virtio-net-pci,netdev=net,addr=6,romfile=
    )
    (
        cd "$state"
        echo "$BASHPID" > qemu.pid
        [[ $emulator != mended ]] || export QEMU_MODULE_DIR=$state/modules
        exec setsid qemu-system-x86_64 "${arguments[@]}" < /dev/null > qemu.log 2>&1
    ) &
    qemu=$!
}

forwards() {
    printf 'user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-10.0.2.15:22'
    printf ',hostfwd=tcp:127.0.0.1:%s-10.0.2.15:%s' "$api_port" 8080 "$management_port" 8081
}

qemu_lives() { kill -0 "$qemu" 2> /dev/null; }

# find_ssh_port: which port QEMU was given for dom0's port 22
find_ssh_port() {
    ssh_port=$(ss -ltnpH 2> /dev/null | sed -n "s/.*127\.0\.0\.1:\([0-9]*\) .*pid=$qemu,.*/\1/p" |
        grep -vx -e "$api_port" -e "$management_port")
}

forwarding() { ! qemu_lives || find_ssh_port; }

# booted: dom0's init has said how it went, or QEMU is gone
booted() { ! qemu_lives || grep -q '^lab: \(ready\|failed\)' "$state/console.log" 2> /dev/null; }

up() {
    parse_up "$@"
    need qemu-system-x86_64:qemu-system-x86 ssh:openssh-client ss:iproute2 setsid:util-linux
    if ((with_daemon)) && [[ ! -s $jar ]]; then
        fail "the daemon is not built: $jar is missing (mvn package; or up --no-daemon)"
    fi
    if is_up; then
        fail "a lab is already up in $project: $(describe_holder)"
    fi
    local port
    for port in "$api_port" "$management_port"; do
        ! who=$(who_listens "$port") ||
            fail "port $port is taken by $who (choose others: --api-port, --management-port)"
    done
    build_image
    # another verb, looking for a dead lab, may have the lock for a moment
    await 3 take_lock || fail "a lab is already up in $project: $(describe_holder)"
    boot
}

parse_up() {
    api_port=18080 management_port=18081 with_daemon=1 jar=$project/target/xcsd.jar xenstored=ocaml
    while (($#)); do
        case $1 in
            --no-daemon) with_daemon=0 ;;
            --api-port | --management-port)
                [[ ${2:-} =~ ^[1-9][0-9]{0,4}$ && ${2:-} -lt 65536 ]] ||
                    misuse "$1 needs a port number"
                printf -v "$(tr - _ <<< "${1#--}")" %s "$2"
                shift
                ;;
            --jar)
                [[ ${2:-} ]] || misuse "$1 needs a file"
                jar=$2
                shift
                ;;
            --xenstored)
                [[ ${2:-} == ocaml || ${2:-} == C ]] || misuse "$1 is ocaml or C"
                xenstored=$2
                shift
                ;;
            *) misuse "unknown option of up: $1" ;;
        esac
        shift
    done
    ((api_port != management_port)) || misuse "the two ports are the same"
}

describe_holder() {
    local pid
    if pid=$(holder qemu.pid); then
        echo "QEMU, pid $pid, API port $(value api_port) (scripts/lab down stops it)"
    elif pid=$(holder up.pid); then
        echo "it is being started by pid $pid"
    else
        echo "another command is at work there"
    fi
}

# The lock is ours. From here on whatever ends this script early takes the run with it.
boot() {
    local started=$SECONDS image
    image=$(image_dir)
    trap abandon EXIT
    trap 'interrupted INT 130' INT
    trap 'interrupted TERM 143' TERM
    trap 'interrupted HUP 129' HUP
    rm -rf "$state/failed"
    echo $$ > "$state/up.pid"
    mend_emulator
    (umask 077 && make_seed "$image")
    printf '%s=%s\n' api_port "$api_port" management_port "$management_port" > "$state/run"
    start_qemu "$image"
    await 20 forwarding || true
    find_ssh_port || fail "QEMU did not start: $(tail -n 3 "$state/qemu.log")"
    echo "ssh_port=$ssh_port" >> "$state/run"
    write_ssh_config "$ssh_port"
    say "booting Xen $(sed -n 's/^xen \([0-9.]*\).*/\1/p' "$image/versions") (QEMU pid $qemu)"
    await 400 booted || fail "dom0 was not up after 400 s"
    grep -q '^lab: ready' "$state/console.log" || fail "dom0 did not come up"
    await 120 connect || fail "dom0 does not answer"
    in_dom0 xl info > /dev/null || fail "xl info fails in dom0"
    if ((with_daemon)); then
        put_file "$jar" /opt/xcs/xcsd.jar || fail "could not copy $jar into dom0"
        put_file "$project/scripts/xcsd" /opt/xcs/xcsd || fail "could not copy scripts/xcsd into dom0"
        start_daemon || exit 1
    fi
    rm "$state/up.pid"
    trap - EXIT INT TERM HUP
    say "up after $((SECONDS - started)) s"
    lab_status
}

interrupted() {
    echo "lab: interrupted by SIG$1" >&2
    exit "$2"
}

# abandon: `up` ends without success; what tells why is kept
abandon() {
    local file
    trap '' INT TERM HUP
    mkdir -p "$state/failed"
    for file in console.log qemu.log xcsd.log ssh.log; do
        [[ ! -s $state/$file ]] || cp "$state/$file" "$state/failed/"
    done
    if [[ -s $state/failed/console.log ]]; then
        echo "lab: the console's last lines (all of it in $state/failed):" >&2
        tail -n 15 "$state/console.log" >&2
    fi
    {
        [[ -z ${qemu:-} ]] || kill -KILL "$qemu" || true
        wait
    } 2> /dev/null
    remove_run
    echo "lab: not started; nothing is left running" >&2
}

lab_status() {
    local pid
    is_up || {
        say "none is up in $project"
        exit 3
    }
    if [[ -e $state/up.pid ]] || ! pid=$(holder qemu.pid); then
        say "$(describe_holder)"
        return
    fi
    say "QEMU          pid $pid"
    say "API           http://127.0.0.1:$(value api_port)"
    say "management    http://127.0.0.1:$(value management_port)"
    say "console log   $state/console.log"
    [[ ! -e $state/admin.token ]] || say "admin token   $state/admin.token"
}

down() {
    local pid
    if ! is_up; then
        rm -rf "$state"
        say "none is up in $project"
        return
    fi
    if pid=$(holder up.pid); then
        kill -TERM "$pid"
        await 60 take_lock || fail "pid $pid does not give up starting a lab"
    elif pid=$(holder qemu.pid); then
        power_off
        await 15 take_lock || {
            say "dom0 did not power off: killing QEMU, pid $pid"
            kill -KILL "$pid"
            await 10 take_lock || fail "QEMU, pid $pid, cannot be killed"
        }
    else
        await 60 take_lock || fail "another command is at work in $project"
    fi
    remove_run
    rm -rf "$state"
    say "down"
}

# Stops the daemon, then dom0; all of it has a deadline, for a dom0 that hangs.
power_off() {
    [[ -e $state/ssh_config ]] || return 0
    (
        cd "$state"
        timeout 50 ssh -F ssh_config dom0 '/run/lab/daemon stop; sync; busybox poweroff -f'
    ) > /dev/null 2>&1 < /dev/null || true
}
