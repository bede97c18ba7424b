; V5 (C13): a reference that is live across a settle point must be in its live set.
; RUN: not omni-opt --verify-only %s 2>&1 | FileCheck %s
; CHECK: lisp.loop: C13: live across a settle point without being in its live set
define internal swifttailcc ptr addrspace(1) @lisp.loop(ptr %t, ptr addrspace(1) %keep) {
entry:
  br label %back
back:
  %own = phi ptr [ null, %entry ], [ %own2, %back ]
  %settled = call { ptr } @omni.settle_loop.0(ptr %t, ptr %own, ptr null)
  %own2 = extractvalue { ptr } %settled, 0
  %more = call i1 @omni.is_pair(ptr %t, ptr null, ptr addrspace(1) %keep)
  br i1 %more, label %back, label %done
done:
  %r = call ptr addrspace(1) @omni.settle_return(ptr %t, ptr %own2, ptr null, ptr addrspace(1) %keep)
  ret ptr addrspace(1) %r
}
declare i1 @omni.is_pair(ptr, ptr, ptr addrspace(1))
declare { ptr } @omni.settle_loop.0(ptr, ptr, ptr)
declare ptr addrspace(1) @omni.settle_return(ptr, ptr, ptr, ptr addrspace(1))
!omni.live_sets = !{}
