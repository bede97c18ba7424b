; Each kind of frame gets what it needs and no more.
; RUN: omni-opt --passes=summaries,holds,frames %s | FileCheck %s
; RUN: omni-opt --passes=holds %s | FileCheck --check-prefix=OFF %s

; A leaf: no check, no mark.
; CHECK-LABEL: @lisp.leaf(
; CHECK-NOT: omni.enter
; CHECK-NOT: omni.hold_mark
; CHECK: settle_return(ptr %t, ptr null, ptr null,
; OFF-LABEL: @lisp.leaf(
; OFF: omni.enter(
; OFF: omni.hold_mark
define internal swifttailcc ptr addrspace(1) @lisp.leaf(ptr %t, ptr addrspace(1) %p) {
  %own = call ptr @omni.enter(ptr %t)
  %mark = call ptr @omni.hold_mark(ptr %t)
  %r = call ptr addrspace(1) @omni.settle_return(ptr %t, ptr %own, ptr %mark, ptr addrspace(1) %p)
  ret ptr addrspace(1) %r
}

; Calls, but nothing allocates: the stack check alone.
; CHECK-LABEL: @lisp.caller(
; CHECK: omni.enter_noown
; CHECK: settle_return(ptr %t, ptr null, ptr null,
define internal swifttailcc ptr addrspace(1) @lisp.caller(ptr %t, ptr addrspace(1) %p) {
  %own = call ptr @omni.enter(ptr %t)
  %mark = call ptr @omni.hold_mark(ptr %t)
  %x = call swifttailcc ptr addrspace(1) @lisp.leaf(ptr %t, ptr addrspace(1) %p)
  %r = call ptr addrspace(1) @omni.settle_return(ptr %t, ptr %own, ptr %mark, ptr addrspace(1) %x)
  ret ptr addrspace(1) %r
}

; Allocates and calls, without a real tail call: the entry's own region leaves
; no trace on the usual path.
; CHECK-LABEL: @lisp.again(
; CHECK: omni.enter_again
; CHECK: settle_return(ptr %t, ptr null, ptr null,
define internal swifttailcc ptr addrspace(1) @lisp.again(ptr %t, ptr addrspace(1) %p) {
  %own = call ptr @omni.enter(ptr %t)
  %mark = call ptr @omni.hold_mark(ptr %t)
  %x = call swifttailcc ptr addrspace(1) @lisp.leaf(ptr %t, ptr addrspace(1) %p)
  %c = call ptr addrspace(1) @omni.cons(ptr %t, ptr null, ptr addrspace(1) %x, ptr addrspace(1) %p)
  %r = call ptr addrspace(1) @omni.settle_return(ptr %t, ptr %own, ptr %mark, ptr addrspace(1) %c)
  ret ptr addrspace(1) %r
}

; A store may hold what it takes out: the mark stays.
; CHECK-LABEL: @lisp.stores(
; CHECK: %mark = call ptr @omni.hold_mark
; CHECK: settle_return(ptr %t, ptr null, ptr %mark,
define internal swifttailcc ptr addrspace(1) @lisp.stores(ptr %t, ptr addrspace(1) %p) {
  %own = call ptr @omni.enter(ptr %t)
  %mark = call ptr @omni.hold_mark(ptr %t)
  call void @omni.set_car(ptr %t, ptr null, ptr addrspace(1) %p, ptr addrspace(1) null)
  %r = call ptr addrspace(1) @omni.settle_return(ptr %t, ptr %own, ptr %mark, ptr addrspace(1) %p)
  ret ptr addrspace(1) %r
}

; A loop that allocates nothing and holds nothing: its back edge is a jump.
; CHECK-LABEL: @lisp.count(
; CHECK-NOT: omni.settle_loop
; CHECK: ret
define internal swifttailcc ptr addrspace(1) @lisp.count(ptr %t, ptr addrspace(1) %n) {
entry:
  %own0 = call ptr @omni.enter(ptr %t)
  %mark = call ptr @omni.hold_mark(ptr %t)
  br label %again
again:
  %own = phi ptr [ %own0, %entry ], [ %own2, %back ]
  %i = phi ptr addrspace(1) [ null, %entry ], [ %j, %back ]
  %more = call i1 @omni.fx_lt(ptr %t, ptr null, ptr addrspace(1) %i, ptr addrspace(1) %n)
  br i1 %more, label %back, label %done
back:
  %j = call ptr addrspace(1) @omni.fx_add_nowrap(ptr %t, ptr null, ptr addrspace(1) %i, ptr addrspace(1) inttoptr (i64 4 to ptr addrspace(1)))
  %settled = call { ptr } @omni.settle_loop.0(ptr %t, ptr %own, ptr %mark)
  %own2 = extractvalue { ptr } %settled, 0
  br label %again
done:
  %r = call ptr addrspace(1) @omni.settle_return(ptr %t, ptr %own, ptr %mark, ptr addrspace(1) %i)
  ret ptr addrspace(1) %r
}

declare ptr @omni.enter(ptr)
declare ptr @omni.hold_mark(ptr)
declare i1 @omni.fx_lt(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
declare ptr addrspace(1) @omni.fx_add_nowrap(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
declare ptr addrspace(1) @omni.cons(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
declare void @omni.set_car(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
declare { ptr } @omni.settle_loop.0(ptr, ptr, ptr)
declare ptr addrspace(1) @omni.settle_return(ptr, ptr, ptr, ptr addrspace(1))
