; V2: an operation has the operands that the table asks for.
; RUN: not omni-opt --verify-only %s 2>&1 | FileCheck %s
; CHECK: lisp.f: operands do not fit the operation
define internal swifttailcc ptr addrspace(1) @lisp.f(ptr %t, ptr addrspace(1) %p) {
  %x = call ptr addrspace(1) @omni.car(ptr %t, ptr addrspace(1) %p)
  ret ptr addrspace(1) %x
}
declare ptr addrspace(1) @omni.car(ptr, ptr addrspace(1))
