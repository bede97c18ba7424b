; What is live across a back edge goes through its settle point and comes back
; as a new value; what is not live, and what is no reference, does not.
; RUN: omni-opt --passes=live-sets %s | FileCheck %s

; CHECK-LABEL: @lisp.loop(
; CHECK: again:
; CHECK-DAG: %[[OWN:.+]] = phi ptr [ null, %entry ], [ %[[OWN2:.+]], %back ]
; CHECK-DAG: %[[ACC:.+]] = phi ptr addrspace(1) [ %acc0, %entry ], [ %[[ACC2:.+]], %back ]
; CHECK-DAG: %[[KEEP:.+]] = phi ptr addrspace(1) [ %keep, %entry ], [ %[[KEEP2:.+]], %back ]
; CHECK: back:
; CHECK: %[[S:.+]] = call { ptr, {{.*}} } @omni.settle_loop.2(ptr %t, ptr %[[OWN]], ptr null, ptr addrspace(1) {{.*}}, ptr addrspace(1) {{.*}})
; CHECK-NOT: settle_loop.0
; CHECK: done:
; CHECK: omni.cons(ptr %t, ptr null, ptr addrspace(1) %[[KEEP]], ptr addrspace(1) %[[ACC]])
define internal swifttailcc ptr addrspace(1) @lisp.loop(ptr %t, ptr addrspace(1) %acc0, ptr addrspace(1) %keep, ptr addrspace(1) %dead) {
entry:
  br label %again
again:
  %own = phi ptr [ null, %entry ], [ %own2, %back ]
  %acc = phi ptr addrspace(1) [ %acc0, %entry ], [ %next, %back ]
  %i = phi ptr addrspace(1) [ null, %entry ], [ %j, %back ]
  %more = call i1 @omni.fx_lt(ptr %t, ptr null, ptr addrspace(1) %i, ptr addrspace(1) inttoptr (i64 400 to ptr addrspace(1)))
  br i1 %more, label %body, label %done
body:
  %next = call ptr addrspace(1) @omni.cons(ptr %t, ptr null, ptr addrspace(1) %acc, ptr addrspace(1) null)
  %j = call ptr addrspace(1) @omni.fx_add_nowrap(ptr %t, ptr null, ptr addrspace(1) %i, ptr addrspace(1) inttoptr (i64 4 to ptr addrspace(1)))
  br label %back
back:
  %settled = call { ptr } @omni.settle_loop.0(ptr %t, ptr %own, ptr null)
  %own2 = extractvalue { ptr } %settled, 0
  br label %again
done:
  %pair = call ptr addrspace(1) @omni.cons(ptr %t, ptr null, ptr addrspace(1) %keep, ptr addrspace(1) %acc)
  %result = call ptr addrspace(1) @omni.settle_return(ptr %t, ptr %own, ptr null, ptr addrspace(1) %pair)
  ret ptr addrspace(1) %result
}

declare i1 @omni.fx_lt(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
declare ptr addrspace(1) @omni.fx_add_nowrap(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
declare ptr addrspace(1) @omni.cons(ptr, ptr, ptr addrspace(1), ptr addrspace(1))
declare { ptr } @omni.settle_loop.0(ptr, ptr, ptr)
declare ptr addrspace(1) @omni.settle_return(ptr, ptr, ptr, ptr addrspace(1))
