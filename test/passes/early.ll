; Slots become SSA values; operations without effect whose result nobody uses go.
; RUN: omni-opt --passes=early %s | FileCheck %s
; CHECK-NOT: alloca
; CHECK-NOT: omni.cons
; CHECK: ret ptr addrspace(1) %p
define internal swifttailcc ptr addrspace(1) @lisp.f(ptr %t, ptr addrspace(1) %p) {
  %slot = alloca ptr addrspace(1)
  store ptr addrspace(1) %p, ptr %slot
  %unused = call ptr addrspace(1) @omni.cons(ptr %t, ptr null, ptr addrspace(1) %p, ptr addrspace(1) %p)
  %v = load ptr addrspace(1), ptr %slot
  ret ptr addrspace(1) %v
}
declare ptr addrspace(1) @omni.cons(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
