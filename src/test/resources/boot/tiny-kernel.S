/*
 * The smallest PV guest that can be talked to: it prints on its console what it was started with, then gives back each byte it is
 * sent as <x>; q powers it off. Hypercalls are made by syscall, so that it needs no hypercall page: number in rax, arguments in rdi,
 * rsi, rdx, r10; rcx and r11 are lost. The first instruction is the entry, as Plan 9's format wants it.
 */
#define UPDATE_VA_MAPPING 14
#define SCHED_OP 29
#define EVENT_CHANNEL_OP 32
#define SCHEDOP_YIELD 0
#define SCHEDOP_SHUTDOWN 2
#define SCHEDOP_POLL 3
#define EVTCHNOP_SEND 4
#define REASON_POWEROFF 0
#define REASON_CRASH 3

/* struct start_info */
#define SHARED_INFO 40
#define CONSOLE_MFN 72
#define CONSOLE_EVTCHN 80
#define CMD_LINE 128
/* struct shared_info */
#define EVTCHN_PENDING 2048
/* struct xencons_interface */
#define IN 0
#define OUT 1024
#define IN_CONS 3072
#define IN_PROD 3076
#define OUT_CONS 3080
#define OUT_PROD 3084
/* present, writable, user, accessed, dirty */
#define PTE 0x67

        .text
        .globl  _start
_start:
        cld
        leaq    stack_top(%rip), %rsp
        movq    %rsi, %rbx                      # start_info, for good
        leaq    console(%rip), %rbp             # the console's ring, for good
        movl    CONSOLE_EVTCHN(%rbx), %eax
        movl    %eax, port(%rip)

        movq    CONSOLE_MFN(%rbx), %rsi
        shlq    $12, %rsi
        movq    %rbp, %rdi
        call    map
        movq    SHARED_INFO(%rbx), %rsi
        leaq    shared(%rip), %rdi
        call    map

        leaq    hello(%rip), %rsi
        call    print
        movq    %rbx, %rsi                      # start_info begins with its magic
        call    print
        leaq    line(%rip), %rsi
        call    print
        leaq    CMD_LINE(%rbx), %rsi
        call    print
        call    check_bss
        leaq    ready(%rip), %rsi
        call    print
        call    send

listen: leaq    poll(%rip), %rsi
        movl    $SCHEDOP_POLL, %edi
        movl    $SCHED_OP, %eax
        syscall
        movl    port(%rip), %eax
        lock btrl %eax, shared + EVTCHN_PENDING(%rip)
1:      movl    IN_CONS(%rbp), %edx
        cmpl    IN_PROD(%rbp), %edx
        je      listen
        movl    %edx, %eax
        andl    $1023, %eax
        movb    IN(%rbp, %rax), %al
        incl    %edx
        movl    %edx, IN_CONS(%rbp)
        cmpb    $'q', %al
        je      power_off
        movb    %al, echoed + 1(%rip)
        leaq    echoed(%rip), %rsi
        call    print
        call    send
        jmp     1b

power_off:
        movl    $REASON_POWEROFF, reason(%rip)
        jmp     end
crash:  movl    $REASON_CRASH, reason(%rip)
end:    leaq    reason(%rip), %rsi
        movl    $SCHEDOP_SHUTDOWN, %edi
        movl    $SCHED_OP, %eax
        syscall
        ud2

/* map: the machine address in rsi at the page in rdi */
map:    orq     $PTE, %rsi
        movl    $2, %edx                        # UVMF_INVLPG
        movl    $UPDATE_VA_MAPPING, %eax
        syscall
        testq   %rax, %rax
        jnz     crash
        ret

/* check_bss: says whether all of a part that nothing has written yet is zero */
check_bss:
        leaq    bss_start(%rip), %rdi
        leaq    bss_end(%rip), %rcx
        subq    %rdi, %rcx
        xorl    %eax, %eax
        repe scasb
        leaq    bss_zero(%rip), %rsi
        je      1f
        leaq    bss_dirty(%rip), %rsi
1:      jmp     print

/* print: the text at rsi, up to its NUL */
print:  lodsb
        testb   %al, %al
        jz      2f
        movb    %al, %r8b
1:      movl    OUT_PROD(%rbp), %edx
        movl    %edx, %eax
        subl    OUT_CONS(%rbp), %eax
        cmpl    $2048, %eax
        jae     3f
        movl    %edx, %eax
        andl    $2047, %eax
        movb    %r8b, OUT(%rbp, %rax)
        incl    %edx
        movl    %edx, OUT_PROD(%rbp)
        jmp     print
2:      ret
3:      pushq   %rsi                            # full: let dom0 read
        call    send
        movl    $SCHEDOP_YIELD, %edi
        xorl    %esi, %esi
        movl    $SCHED_OP, %eax
        syscall
        popq    %rsi
        jmp     1b

/* send: tells dom0 that the ring has changed */
send:   leaq    port(%rip), %rsi
        movl    $EVTCHNOP_SEND, %edi
        movl    $EVENT_CHANNEL_OP, %eax
        syscall
        ret

        .data
hello:  .asciz  "A tiny kernel on "
line:   .asciz  ", told: "
bss_zero:
        .asciz  ", bss zero"
bss_dirty:
        .asciz  ", BSS NOT ZERO"
ready:  .asciz  ", ready\r\n"
echoed: .asciz  "< >"
        .align  8
poll:   .quad   port
        .long   1, 0
        .quad   0                               # no timeout

        .bss
        .align  4096
console:
        .skip   4096
shared: .skip   4096
stack:  .skip   4096
stack_top:
bss_start:
        .skip   100000
bss_end:
port:   .skip   4
reason: .skip   4

/* What the ELF says of itself; an a.out has nothing like it. */
        .macro  note type, value:vararg
        .long   4, 2f - 1f, \type
        .asciz  "Xen"
1:      \value
2:      .align  4
        .endm

        .section .note.Xen, "a", @note
        note    5, .asciz "xen-3.0"
        note    6, .asciz "tiny"
        note    8, .asciz "generic"
        note    3, .quad BASE
        note    4, .quad 0
        note    1, .quad _start
        .section .note.GNU-stack, "", @progbits
