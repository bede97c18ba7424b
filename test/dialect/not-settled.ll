; V3: an entered frame is settled before it is left.
; RUN: not omni-opt --verify-only %s 2>&1 | FileCheck %s
; CHECK: lisp.f: the frame is left without being settled
define internal swifttailcc ptr addrspace(1) @lisp.f(ptr %t, ptr addrspace(1) %p) {
  %own = call ptr @omni.enter(ptr %t)
  ret ptr addrspace(1) %p
}
declare ptr @omni.enter(ptr)
