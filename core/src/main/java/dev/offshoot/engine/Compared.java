package dev.offshoot.engine;

import dev.offshoot.state.Catalog;
import dev.offshoot.state.Mask;
import dev.offshoot.state.Scope;
import dev.offshoot.state.Snapshot;

/**
 * Two states as they are compared for somebody: each with only what the other's branch may have of it, and both through the masks of both
 * branches and of the one that the command was sent to. So what a partial branch leaves out is no difference, and equal values are equal whatever stands for
 * them.
 */
record Compared(Snapshot before, Snapshot after) {
    /** @param there the state at {@code to}, as it was read */
    static Compared of(Invocation call, Target from, Target to, Snapshot there) {
        Catalog catalog = from.project().catalog();
        Mask mask = Mask.both(Masked.of(call, from), Masked.of(call, to));
        long one = from.branch().id();
        long other = to.branch().id();
        Snapshot before = Scope.restrict(call.snapshot(from).stored(), catalog.crossing(one, other));
        Snapshot after = Scope.restrict(there.stored(), catalog.crossing(other, one));
        return new Compared(Masked.view(mask, before), Masked.view(mask, after));
    }
}
