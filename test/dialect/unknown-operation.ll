; V2: every operation is one of the table.
; RUN: not omni-opt --verify-only %s 2>&1 | FileCheck %s
; CHECK: lisp.f: an operation that ops.def does not have
define internal swifttailcc ptr addrspace(1) @lisp.f(ptr %t, ptr addrspace(1) %p) {
  %x = call ptr addrspace(1) @omni.frobnicate(ptr %t, ptr addrspace(1) %p)
  ret ptr addrspace(1) %x
}
declare ptr addrspace(1) @omni.frobnicate(ptr, ptr addrspace(1))
