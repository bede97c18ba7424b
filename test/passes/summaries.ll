; What a function certainly does not do, found over the call graph: the facts are
; assumed, and taken away by what contradicts them.
; RUN: omni-opt --passes=summaries %s | FileCheck %s

; Nothing: all three facts stay.
; CHECK: @lisp.leaf({{.*}} #[[PURE:[0-9]+]] {
define internal swifttailcc ptr addrspace(1) @lisp.leaf(ptr %t, ptr addrspace(1) %p) {
  ret ptr addrspace(1) %p
}

; Recursion costs nothing.
; CHECK: @lisp.self({{.*}} #[[PURE]] {
define internal swifttailcc ptr addrspace(1) @lisp.self(ptr %t, ptr addrspace(1) %p) {
  %x = call swifttailcc ptr addrspace(1) @lisp.leaf(ptr %t, ptr addrspace(1) %p)
  %y = call swifttailcc ptr addrspace(1) @lisp.self(ptr %t, ptr addrspace(1) %x)
  ret ptr addrspace(1) %y
}

; A sum may be a big integer: it allocates, but only numbers.
; CHECK: @lisp.sum({{.*}} #[[NUMBERS:[0-9]+]] {
define internal swifttailcc ptr addrspace(1) @lisp.sum(ptr %t, ptr addrspace(1) %p) {
  %x = call ptr addrspace(1) @omni.add(ptr %t, ptr null, ptr addrspace(1) %p, ptr addrspace(1) %p)
  ret ptr addrspace(1) %x
}

; The caller of one that conses, through one that stands after it.
; CHECK: @lisp.caller({{.*}} #[[ALLOCATES:[0-9]+]] {
define internal swifttailcc ptr addrspace(1) @lisp.caller(ptr %t, ptr addrspace(1) %p) {
  %x = call swifttailcc ptr addrspace(1) @lisp.conses(ptr %t, ptr addrspace(1) %p)
  ret ptr addrspace(1) %x
}

; CHECK: @lisp.conses({{.*}} #[[ALLOCATES]] {
define internal swifttailcc ptr addrspace(1) @lisp.conses(ptr %t, ptr addrspace(1) %p) {
  %c = call ptr addrspace(1) @omni.cons(ptr %t, ptr null, ptr addrspace(1) %p, ptr addrspace(1) %p)
  ret ptr addrspace(1) %c
}

; A store may drop what the caller is using; a callee's facts do not bring one back.
; CHECK: @lisp.stores({{.*}} #[[STORES:[0-9]+]] {
define internal swifttailcc ptr addrspace(1) @lisp.stores(ptr %t, ptr addrspace(1) %p) {
  call void @omni.set_car(ptr %t, ptr null, ptr addrspace(1) %p, ptr addrspace(1) null)
  %x = call swifttailcc ptr addrspace(1) @lisp.leaf(ptr %t, ptr addrspace(1) %p)
  ret ptr addrspace(1) %x
}

; Whoever is behind a closure may do everything.
; CHECK: @lisp.unknown(ptr %t, ptr addrspace(1) %f) {
define internal swifttailcc ptr addrspace(1) @lisp.unknown(ptr %t, ptr addrspace(1) %f) {
  %x = call ptr addrspace(1) @omni.call.1(ptr %t, ptr null, ptr addrspace(1) %f, ptr addrspace(1) %f)
  ret ptr addrspace(1) %x
}

declare ptr addrspace(1) @omni.add(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
declare ptr addrspace(1) @omni.cons(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
declare void @omni.set_car(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
declare ptr addrspace(1) @omni.call.1(ptr, ptr, ptr addrspace(1), ptr addrspace(1))

; CHECK-DAG: attributes #[[PURE]] = { "omni-no-alloc" "omni-no-drop" "omni-numbers-only" }
; CHECK-DAG: attributes #[[NUMBERS]] = { "omni-no-drop" "omni-numbers-only" }
; CHECK-DAG: attributes #[[ALLOCATES]] = { "omni-no-drop" }
; CHECK-DAG: attributes #[[STORES]] = { "omni-no-alloc" "omni-numbers-only" }
