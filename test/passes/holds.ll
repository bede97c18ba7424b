; A borrow that is used after an operation that may drop is held; one that is
; not, a fresh object and a parameter are not.
; RUN: omni-opt --passes=summaries,holds %s | FileCheck %s

; CHECK-LABEL: @lisp.held(
; CHECK: %x = call ptr addrspace(1) @omni.car
; CHECK-NEXT: call void @omni.hold(ptr %t, ptr addrspace(1) %x)
; CHECK: %y = call ptr addrspace(1) @omni.cdr
; CHECK-NOT: omni.hold
; CHECK: ret
define internal swifttailcc ptr addrspace(1) @lisp.held(ptr %t, ptr addrspace(1) %p) {
  %x = call ptr addrspace(1) @omni.car(ptr %t, ptr null, ptr addrspace(1) %p)
  call void @omni.set_car(ptr %t, ptr null, ptr addrspace(1) %p, ptr addrspace(1) null)
  %y = call ptr addrspace(1) @omni.cdr(ptr %t, ptr null, ptr addrspace(1) %p)
  %z = call ptr addrspace(1) @omni.cons(ptr %t, ptr null, ptr addrspace(1) %x, ptr addrspace(1) %y)
  ret ptr addrspace(1) %z
}

; A fresh object across a drop.
; CHECK-LABEL: @lisp.fresh(
; CHECK-NOT: omni.hold
; CHECK: ret
define internal swifttailcc ptr addrspace(1) @lisp.fresh(ptr %t, ptr addrspace(1) %p) {
  %x = call ptr addrspace(1) @omni.cons(ptr %t, ptr null, ptr addrspace(1) %p, ptr addrspace(1) null)
  call void @omni.set_car(ptr %t, ptr null, ptr addrspace(1) %p, ptr addrspace(1) null)
  ret ptr addrspace(1) %x
}

; A borrow that is merged first: what the phi merges is held where it is loaded.
; CHECK-LABEL: @lisp.merged(
; CHECK: %x = call ptr addrspace(1) @omni.car
; CHECK-NEXT: call void @omni.hold(ptr %t, ptr addrspace(1) %x)
; CHECK: join:
; CHECK-NOT: omni.hold
; CHECK: ret
define internal swifttailcc ptr addrspace(1) @lisp.merged(ptr %t, ptr addrspace(1) %p) {
entry:
  %is = call i1 @omni.is_pair(ptr %t, ptr null, ptr addrspace(1) %p)
  br i1 %is, label %load, label %join
load:
  %x = call ptr addrspace(1) @omni.car(ptr %t, ptr null, ptr addrspace(1) %p)
  br label %join
join:
  %v = phi ptr addrspace(1) [ %x, %load ], [ inttoptr (i64 14 to ptr addrspace(1)), %entry ]
  call void @omni.set_car(ptr %t, ptr null, ptr addrspace(1) %p, ptr addrspace(1) null)
  ret ptr addrspace(1) %v
}

; An argument of a call that may drop is held, one of a call that does not is not.
; CHECK-LABEL: @lisp.calls(
; CHECK: %x = call ptr addrspace(1) @omni.car
; CHECK-NEXT: %r = call swifttailcc ptr addrspace(1) @lisp.pure
; CHECK: %y = call ptr addrspace(1) @omni.cdr
; CHECK-NEXT: call void @omni.hold(ptr %t, ptr addrspace(1) %y)
; CHECK-NEXT: call swifttailcc ptr addrspace(1) @lisp.held
define internal swifttailcc ptr addrspace(1) @lisp.calls(ptr %t, ptr addrspace(1) %p) {
  %x = call ptr addrspace(1) @omni.car(ptr %t, ptr null, ptr addrspace(1) %p)
  %r = call swifttailcc ptr addrspace(1) @lisp.pure(ptr %t, ptr addrspace(1) %x)
  %y = call ptr addrspace(1) @omni.cdr(ptr %t, ptr null, ptr addrspace(1) %p)
  %s = call swifttailcc ptr addrspace(1) @lisp.held(ptr %t, ptr addrspace(1) %y)
  ret ptr addrspace(1) %s
}

; CHECK: define internal swifttailcc ptr addrspace(1) @lisp.pure({{.*}} #[[PURE:[0-9]+]]
; CHECK: attributes #[[PURE]] = {{.*}}"omni-no-alloc"{{.*}}"omni-no-drop"
define internal swifttailcc ptr addrspace(1) @lisp.pure(ptr %t, ptr addrspace(1) %p) {
  ret ptr addrspace(1) %p
}

declare i1 @omni.is_pair(ptr, ptr, ptr addrspace(1))
declare ptr addrspace(1) @omni.car(ptr, ptr, ptr addrspace(1))
declare ptr addrspace(1) @omni.cdr(ptr, ptr, ptr addrspace(1))
declare void @omni.set_car(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
declare ptr addrspace(1) @omni.cons(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
