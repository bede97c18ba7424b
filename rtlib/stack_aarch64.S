/* Switching to the program's stack and back, AAPCS64: as stack_x86_64.S.
 *
 * void rti_stack_enter(void *top, void (*fn)(void *), void *arg, void **saved)
 *                      x0         x1                  x2         x3         */
	.text
	.globl rti_stack_enter
	.type rti_stack_enter, %function
	.p2align 4
rti_stack_enter:
	.cfi_startproc
	stp x29, x30, [sp, #-160]!
	.cfi_def_cfa_offset 160
	.cfi_offset 29, -160
	.cfi_offset 30, -152
	mov x29, sp
	.cfi_def_cfa_register 29
	stp x19, x20, [sp, #16]
	stp x21, x22, [sp, #32]
	stp x23, x24, [sp, #48]
	stp x25, x26, [sp, #64]
	stp x27, x28, [sp, #80]
	stp d8, d9, [sp, #96]
	stp d10, d11, [sp, #112]
	stp d12, d13, [sp, #128]
	stp d14, d15, [sp, #144]
	mov x9, sp
	str x9, [x3]
	and x0, x0, #-16
	mov sp, x0
	mov x0, x2
	blr x1
	mov x0, x29
	b rti_stack_leave
	.cfi_endproc
	.size rti_stack_enter, .-rti_stack_enter

/* _Noreturn void rti_stack_leave(void *saved) */
	.globl rti_stack_leave
	.type rti_stack_leave, %function
	.p2align 4
rti_stack_leave:
	mov sp, x0
	ldp x19, x20, [sp, #16]
	ldp x21, x22, [sp, #32]
	ldp x23, x24, [sp, #48]
	ldp x25, x26, [sp, #64]
	ldp x27, x28, [sp, #80]
	ldp d8, d9, [sp, #96]
	ldp d10, d11, [sp, #112]
	ldp d12, d13, [sp, #128]
	ldp d14, d15, [sp, #144]
	ldp x29, x30, [sp], #160
	ret
	.size rti_stack_leave, .-rti_stack_leave
	.section .note.GNU-stack,"",%progbits
