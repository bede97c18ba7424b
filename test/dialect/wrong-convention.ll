; V2: a direct call uses its callee's convention (LLVM makes `unreachable` of a
; mismatch without a word).
; RUN: not omni-opt --verify-only %s 2>&1 | FileCheck %s
; CHECK: lisp.f: the call's convention is not the callee's
define internal swifttailcc ptr addrspace(1) @lisp.f(ptr %t, ptr addrspace(1) %p) {
  %x = call ptr addrspace(1) @lisp.g(ptr %t, ptr addrspace(1) %p)
  ret ptr addrspace(1) %x
}
define internal swifttailcc ptr addrspace(1) @lisp.g(ptr %t, ptr addrspace(1) %p) {
  ret ptr addrspace(1) %p
}
