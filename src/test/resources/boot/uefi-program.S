/*
 * A program for UEFI, with its PE32+ header written out: says on the first serial port that it runs, gives back each byte it is sent as <x>,
 * and has the firmware power the PC off at q. The headers are those of Microsoft's PE format; no relocations, as all is relative to where it is.
 */
#define COM1 0x3f8
#define LINE_STATUS 5
#define MACHINE_X86_64 0x8664
#define EXECUTABLE_LARGE_ADDRESSES 0x22
#define PE32_PLUS 0x20b
#define EFI_APPLICATION 10
#define CODE_RWX 0xe0000020
#define HEADERS 0x200
#define CODE_AT 0x1000
/* EFI_SYSTEM_TABLE.RuntimeServices, EFI_RUNTIME_SERVICES.ResetSystem, EfiResetShutdown */
#define RUNTIME_SERVICES 88
#define RESET_SYSTEM 104
#define SHUTDOWN 2

        .code64
        .globl  _start
_start: .ascii  "MZ"
        .org    0x3c
        .long   pe - _start
pe:     .ascii  "PE\0\0"
        .short  MACHINE_X86_64, 1
        .long   0, 0, 0
        .short  section - optional, EXECUTABLE_LARGE_ADDRESSES
optional:
        .short  PE32_PLUS, 0
        .long   end - code, 0, 0, CODE_AT, CODE_AT
        .quad   0
        .long   0x1000, 0x200
        .short  0, 0, 0, 0, 0, 0
        .long   0, CODE_AT + 0x1000, HEADERS, 0
        .short  EFI_APPLICATION, 0
        .quad   0, 0, 0, 0
        .long   0, 6
        .quad   0, 0, 0, 0, 0, 0
section:
        .ascii  ".text\0\0\0"
        .long   end - code, CODE_AT, end - code, HEADERS, 0, 0
        .short  0, 0
        .long   CODE_RWX

        .org    HEADERS
code:   subq    $40, %rsp
        movq    RUNTIME_SERVICES(%rdx), %rbx
        cli                                     # else the firmware's own console, by its timer, reads what is sent
        cld
        leaq    hello(%rip), %rsi
        call    print
1:      movw    $COM1 + LINE_STATUS, %dx
        inb     %dx, %al
        testb   $1, %al
        jz      1b
        movw    $COM1, %dx
        inb     %dx, %al
        cmpb    $'q', %al
        je      off
        movb    %al, echoed + 1(%rip)
        leaq    echoed(%rip), %rsi
        call    print
        jmp     1b

off:    movl    $SHUTDOWN, %ecx
        xorl    %edx, %edx
        xorl    %r8d, %r8d
        xorl    %r9d, %r9d
        call    *RESET_SYSTEM(%rbx)
2:      hlt
        jmp     2b

print:  lodsb
        testb   %al, %al
        jz      4f
        movb    %al, %ah
        movw    $COM1 + LINE_STATUS, %dx
3:      inb     %dx, %al
        testb   $0x20, %al
        jz      3b
        movb    %ah, %al
        movw    $COM1, %dx
        outb    %al, %dx
        jmp     print
4:      ret

hello:  .asciz  "A UEFI program speaks\r\n"
echoed: .asciz  "< >"
        .org    HEADERS + 0x200
end:
        .section .note.GNU-stack, "", @progbits
