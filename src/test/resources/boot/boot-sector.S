/*
 * The boot sector of a CD: says on the first serial port that it runs, gives back each byte it is sent as <x>, and powers
 * the PC off by ACPI (the registers are where hvmloader puts them) at q.
 */
#define COM1 0x3f8
#define LINE_STATUS 5
#define PM1A_CONTROL 0xb004
#define SLEEP_S5 0x2000

        .code16
        .globl  _start
_start: xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %ss
        movw    $0x7c00, %sp
        cld
        movw    $COM1 + 3, %dx                  # 8 bits, no parity
        movb    $3, %al
        outb    %al, %dx
        movw    $hello, %si
        call    print
1:      movw    $COM1 + LINE_STATUS, %dx
        inb     %dx, %al
        testb   $1, %al
        jz      1b
        movw    $COM1, %dx
        inb     %dx, %al
        cmpb    $'q', %al
        je      off
        movb    %al, echoed + 1
        movw    $echoed, %si
        call    print
        jmp     1b

off:    movw    $PM1A_CONTROL, %dx
        movw    $SLEEP_S5, %ax
        outw    %ax, %dx
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

hello:  .asciz  "A boot sector speaks\r\n"
echoed: .asciz  "< >"
        .org    510
        .word   0xaa55
        .section .note.GNU-stack, "", @progbits
