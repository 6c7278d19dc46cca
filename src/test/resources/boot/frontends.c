/*
 * The smallest PV guest that takes its devices: it finds those that xenstore names below device/vbd and device/vif, connects each with rings
 * that nothing is ever put on, and says CONNECTED on its console when all back-ends are in state Connected. After that it does nothing for
 * ever. It has no boot worth speaking of, so how long its devices take is what the toolstack and dom0 take.
 *
 *     cc -O2 -ffreestanding -fno-tree-loop-distribute-patterns -fno-stack-protector -fcf-protection=none \
 *         -fno-asynchronous-unwind-tables -mgeneral-regs-only -fno-pic -no-pie -nostdlib -static -Wl,--build-id=none \
 *         -Wl,-z,max-page-size=4096 -Wl,-Ttext-segment=0x100000 -o frontends frontends.c
 *
 * All of its memory is mapped from address 0 on, so that the number of a page is its address by 4096. Hypercalls are made by syscall.
 * What Xen's public headers would give is written down here as far as it is used.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

#define PAGE 4096
#define PAGE_ALIGNED __attribute__((aligned(PAGE)))

#define UPDATE_VA_MAPPING 14
#define GRANT_TABLE_OP 20
#define SCHED_OP 29
#define EVENT_CHANNEL_OP 32
#define UVMF_INVLPG 2
/* present, writable, user, accessed, dirty */
#define PTE 0x67
#define GNTTABOP_SETUP_TABLE 2
#define GTF_PERMIT_ACCESS 1
/* Those below are the toolstack's. */
#define FIRST_GRANT 8
#define SCHEDOP_YIELD 0
#define SCHEDOP_SHUTDOWN 2
#define SCHEDOP_POLL 3
#define REASON_CRASH 3
#define EVTCHNOP_SEND 4
#define EVTCHNOP_ALLOC_UNBOUND 6
#define DOMID_SELF 0x7ff0

struct start_info {
    char magic[32];
    u64 nr_pages;
    u64 shared_info;
    u32 flags;
    u64 store_mfn;
    u32 store_evtchn;
    u64 console_mfn;
    u32 console_evtchn;
    u64 pt_base, nr_pt_frames;
    u64 *mfn_list;
};

struct console_ring {
    char in[1024], out[2048];
    volatile u32 in_cons, in_prod, out_cons, out_prod;
};

struct store_ring {
    char req[1024], rsp[1024];
    volatile u32 req_cons, req_prod, rsp_cons, rsp_prod;
};

/* How every ring of a device begins; the rest is for requests and responses. */
struct device_ring {
    u32 req_prod, req_event, rsp_prod, rsp_event;
    char rest[PAGE - 16];
};

struct grant {
    volatile u16 flags;
    u16 domid;
    u32 frame;
};

enum { XS_DIRECTORY = 1, XS_READ = 2, XS_WATCH = 4, XS_WRITE = 11, XS_WATCH_EVENT = 15, XS_ERROR = 16 };

struct message {
    u32 type, id, tx, length;
};

enum { INITIALISED = 3, CONNECTED = 4 };

enum kind { VBD, VIF };

#define MAX_DEVICES 8

struct device {
    enum kind kind;
    char path[64];
    char backend[160];
    u32 backend_id;
    int connected;
};

static struct console_ring console PAGE_ALIGNED;
static struct store_ring store PAGE_ALIGNED;
static char shared_info[PAGE] PAGE_ALIGNED;
static struct grant grants[PAGE / sizeof(struct grant)] PAGE_ALIGNED;
static struct device_ring rings[2 * MAX_DEVICES] PAGE_ALIGNED;
static struct start_info *start;
static struct device devices[MAX_DEVICES];
static int device_count, ring_count;
/* What xenstored has sent: taken from its ring as it comes, so that it never waits for us while we wait for it. */
static char received[32768];
static u32 received_end;
char stack[4 * PAGE] PAGE_ALIGNED;

__asm__(".text\n"
        ".globl _start\n"
        "_start: cld\n"
        "leaq stack + 4 * 4096(%rip), %rsp\n"
        "movq %rsi, %rdi\n"
        "call run\n"
        "ud2\n"
        ".macro note type, value:vararg\n"
        ".long 4, 2f - 1f, \\type\n"
        ".asciz \"Xen\"\n"
        "1: \\value\n"
        "2: .align 4\n"
        ".endm\n"
        ".section .note.Xen, \"a\", @note\n"
        "note 5, .asciz \"xen-3.0\"\n"
        "note 6, .asciz \"frontends\"\n"
        "note 8, .asciz \"generic\"\n"
        "note 3, .quad 0\n"
        "note 4, .quad 0\n"
        "note 1, .quad _start\n"
        ".text\n");

static long hypercall(long number, long one, long two, long three) {
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result), "+D"(one), "+S"(two), "+d"(three)
                     : "a"(number)
                     : "rcx", "r11", "r8", "r9", "r10", "memory");
    return result;
}

static void crash(void) {
    u32 reason = REASON_CRASH;
    hypercall(SCHED_OP, SCHEDOP_SHUTDOWN, (long)&reason, 0);
    __builtin_trap();
}

static void need(int right) {
    if (!right)
        crash();
}

static void barrier(void) { __asm__ volatile("mfence" ::: "memory"); }

static void map(void *page, u64 frame) {
    need(hypercall(UPDATE_VA_MAPPING, (long)page, (long)(frame * PAGE | PTE), UVMF_INVLPG) == 0);
}

static void notify(u32 port) { hypercall(EVENT_CHANNEL_OP, EVTCHNOP_SEND, (long)&port, 0); }

/* Events of a port up to here are known of: those after it end the next wait. */
static void acknowledge(u32 port) {
    __asm__ volatile("lock btrl %1, %0" : "+m"(*(u32 *)(shared_info + 2048 + port / 32 * 4)) : "r"(port % 32) : "memory");
}

static void await(u32 port) {
    struct {
        u32 *ports;
        u32 count;
        u64 timeout;
    } poll = {&port, 1, 0};
    hypercall(SCHED_OP, SCHEDOP_POLL, (long)&poll, 0);
}

static int length_of(const char *text) {
    int length = 0;
    while (text[length])
        length++;
    return length;
}

static void print(const char *text) {
    for (; *text; text++) {
        while (console.out_prod - console.out_cons == sizeof console.out) {
            notify(start->console_evtchn);
            hypercall(SCHED_OP, SCHEDOP_YIELD, 0, 0);
        }
        console.out[console.out_prod % sizeof console.out] = *text;
        barrier();
        console.out_prod++;
    }
    notify(start->console_evtchn);
}

/* ---- xenstore */

static void pull(void) {
    u32 end = store.rsp_prod;
    barrier();
    while (store.rsp_cons != end) {
        need(received_end < sizeof received);
        received[received_end++] = store.rsp[store.rsp_cons % sizeof store.rsp];
        barrier();
        store.rsp_cons++;
    }
}

/* Until xenstored has done something. */
static void await_store(void) {
    u32 before = store.rsp_prod, space = store.req_cons;
    notify(start->store_evtchn);
    while (store.rsp_prod == before && store.req_cons == space) {
        await(start->store_evtchn);
        acknowledge(start->store_evtchn);
    }
    pull();
}

static void put(const void *bytes, u32 count) {
    const char *from = bytes;
    while (count--) {
        while (store.req_prod - store.req_cons == sizeof store.req)
            await_store();
        store.req[store.req_prod % sizeof store.req] = *from++;
        barrier();
        store.req_prod++;
    }
}

/* Asks without waiting. The parts of the path are joined, the value follows its NUL. */
static void ask(u32 type, u32 id, const char *directory, const char *name, const char *value, int value_length) {
    struct message header = {type, id, 0, length_of(directory) + length_of(name) + 1 + value_length};
    put(&header, sizeof header);
    put(directory, length_of(directory));
    put(name, length_of(name) + 1);
    put(value, value_length);
}

/* The next message; its payload, which ends with a NUL here, is good until the one after it. */
static char payload[4097];

static struct message next(void) {
    struct message header;
    u32 whole;
    while (received_end < sizeof header)
        await_store();
    __builtin_memcpy(&header, received, sizeof header);
    need(header.length < sizeof payload);
    whole = sizeof header + header.length;
    while (received_end < whole)
        await_store();
    for (u32 i = 0; i < header.length; i++)
        payload[i] = received[sizeof header + i];
    payload[header.length] = 0;
    for (u32 i = whole; i < received_end; i++)
        received[i - whole] = received[i];
    received_end -= whole;
    return header;
}

static u32 number(const char *text) {
    u32 value = 0;
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (u32)(*text - '0');
    return value;
}

static void write(struct device *device, const char *name, const char *value) {
    ask(XS_WRITE, 0, device->path, name, value, length_of(value));
}

static void write_number(struct device *device, const char *name, u32 value) {
    char digits[11];
    char *first = digits + sizeof digits - 1;
    *first = 0;
    do
        *--first = (char)('0' + value % 10);
    while (value /= 10);
    write(device, name, first);
}

/* ---- devices */

static char *append(char *to, const char *text) {
    while (*text)
        *to++ = *text++;
    *to = 0;
    return to;
}

/* What a directory of devices has: names, each with its NUL. */
static void found(enum kind kind, u32 length) {
    for (char *name = payload; name < payload + length; name += length_of(name) + 1) {
        struct device *device = &devices[device_count];
        need(device_count < MAX_DEVICES && length_of(name) < 32);
        device->kind = kind;
        append(append(append(device->path, kind == VBD ? "device/vbd/" : "device/vif/"), name), "/");
        device_count++;
    }
}

static void find_devices(void) {
    ask(XS_DIRECTORY, VBD, "device/vbd", "", "", 0);
    ask(XS_DIRECTORY, VIF, "device/vif", "", "", 0);
    for (int i = 0; i < 2; i++) {
        struct message answer = next();
        /* An error says that there are none of the kind. */
        if (answer.type == XS_DIRECTORY)
            found(answer.id, answer.length);
    }
    for (int i = 0; i < device_count; i++) {
        ask(XS_READ, 2 * i, devices[i].path, "backend", "", 0);
        ask(XS_READ, 2 * i + 1, devices[i].path, "backend-id", "", 0);
    }
    for (int i = 0; i < 2 * device_count; i++) {
        struct message answer = next();
        struct device *device = &devices[answer.id / 2];
        need(answer.type == XS_READ && answer.length < sizeof device->backend - 1);
        if (answer.id % 2)
            device->backend_id = number(payload);
        else
            append(append(device->backend, payload), "/");
    }
}

/* A ring of a device, empty, that its back-end may map; its reference. */
static u32 grant_ring(struct device *device) {
    struct device_ring *ring = &rings[ring_count];
    struct grant *grant = &grants[FIRST_GRANT + ring_count];
    ring->req_event = 1;
    ring->rsp_event = 1;
    grant->domid = (u16)device->backend_id;
    grant->frame = (u32)start->mfn_list[(u64)ring / PAGE];
    barrier();
    grant->flags = GTF_PERMIT_ACCESS;
    return FIRST_GRANT + ring_count++;
}

static u32 open_port(struct device *device) {
    struct {
        u16 domid, remote;
        u32 port;
    } channel = {DOMID_SELF, (u16)device->backend_id, 0};
    need(hypercall(EVENT_CHANNEL_OP, EVTCHNOP_ALLOC_UNBOUND, (long)&channel, 0) == 0);
    return channel.port;
}

/* Says all that the back-end needs, in the end that it is all, and asks to be told what becomes of it. */
static void offer(struct device *device) {
    if (device->kind == VBD) {
        write_number(device, "ring-ref", grant_ring(device));
        write(device, "protocol", "x86_64-abi");
    } else {
        write_number(device, "tx-ring-ref", grant_ring(device));
        write_number(device, "rx-ring-ref", grant_ring(device));
        write(device, "request-rx-copy", "1");
        write(device, "feature-rx-notify", "1");
    }
    write_number(device, "event-channel", open_port(device));
    write_number(device, "state", device->kind == VBD ? INITIALISED : CONNECTED);
    char token[2] = {(char)('0' + (device - devices)), 0};
    ask(XS_WATCH, 0, device->backend, "state", token, sizeof token);
}

/* Which device is told of: the token is all that follows the path. */
static void changed(void) {
    u32 device = number(payload + length_of(payload) + 1);
    need((int)device < device_count);
    ask(XS_READ, device, devices[device].backend, "state", "", 0);
}

static void connect_devices(void) {
    int missing = device_count;
    for (int i = 0; i < device_count; i++)
        offer(&devices[i]);
    while (missing) {
        struct message message = next();
        if (message.type == XS_WATCH_EVENT) {
            changed();
        } else if (message.type == XS_READ && number(payload) == CONNECTED && !devices[message.id].connected) {
            struct device *device = &devices[message.id];
            if (device->kind == VBD)
                write_number(device, "state", CONNECTED);
            device->connected = 1;
            missing--;
        } else if (message.type == XS_ERROR) {
            print(payload);
            crash();
        }
    }
    notify(start->store_evtchn);
}

void run(struct start_info *info) {
    u64 frame = 0;
    struct {
        u16 domid;
        u32 count;
        short status;
        u64 *frames;
    } table = {DOMID_SELF, 1, 0, &frame};
    start = info;
    map(&console, start->console_mfn);
    map(&store, start->store_mfn);
    map(shared_info, start->shared_info / PAGE);
    need(hypercall(GRANT_TABLE_OP, GNTTABOP_SETUP_TABLE, (long)&table, 1) == 0 && table.status == 0);
    map(grants, frame);
    find_devices();
    connect_devices();
    print("CONNECTED\r\n");
    for (;;) {
        acknowledge(start->console_evtchn);
        await(start->console_evtchn);
    }
}
