/* Switching to the program's stack and back, System V x86-64. The registers
 * that a callee keeps are pushed on the old stack, whose pointer is what a leave
 * needs; the frame pointer stays a chain, so debuggers see both stacks.
 *
 * void rti_stack_enter(void *top, void (*fn)(void *), void *arg, void **saved)
 *                      rdi        rsi                 rdx        rcx        */
	.text
	.globl rti_stack_enter
	.type rti_stack_enter, @function
	.p2align 4
rti_stack_enter:
	.cfi_startproc
	pushq %rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq %rsp, %rbp
	.cfi_def_cfa_register %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, (%rcx)
	andq $-16, %rdi
	movq %rdi, %rsp
	movq %rdx, %rdi
	callq *%rsi
	leaq -40(%rbp), %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	.cfi_def_cfa %rsp, 8
	retq
	.cfi_endproc
	.size rti_stack_enter, .-rti_stack_enter

/* _Noreturn void rti_stack_leave(void *saved) */
	.globl rti_stack_leave
	.type rti_stack_leave, @function
	.p2align 4
rti_stack_leave:
	movq %rdi, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	retq
	.size rti_stack_leave, .-rti_stack_leave
	.section .note.GNU-stack,"",@progbits
