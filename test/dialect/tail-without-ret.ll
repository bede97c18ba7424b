; V4: a tail operation is followed by the ret of its result.
; RUN: not omni-opt --verify-only %s 2>&1 | FileCheck %s
; CHECK: lisp.f: a tail operation without the ret of its result
define internal swifttailcc ptr addrspace(1) @lisp.f(ptr %t, ptr addrspace(1) %p) {
  %x = call ptr addrspace(1) @omni.tail_call.0(ptr %t, ptr null, ptr addrspace(1) %p)
  %y = call ptr addrspace(1) @omni.cons(ptr %t, ptr null, ptr addrspace(1) %x, ptr addrspace(1) %x)
  ret ptr addrspace(1) %y
}
declare ptr addrspace(1) @omni.tail_call.0(ptr, ptr, ptr addrspace(1))
declare ptr addrspace(1) @omni.cons(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
