package dev.offshoot.engine;

import dev.offshoot.state.Catalog;
import dev.offshoot.state.Mask;
import dev.offshoot.state.Scope;
import dev.offshoot.state.Snapshot;
import java.util.List;

/**
 * Two states as they are compared for somebody: each with only what the other's branch may have of it, and both through the masks of both
 * branches and of the one that the command was sent to. So what a partial branch leaves out is no difference, and equal values are equal whatever stands for
 * them.
 */
record Compared(Snapshot before, Snapshot after) {
    /**
     * @param from the side before; where its state is made of several, all of them
     * @param base that state, as it is stored
     * @param there the state at {@code to}, as it was read
     */
    static Compared of(Invocation call, List<Target> from, Snapshot base, Target to, Snapshot there) {
        Catalog catalog = to.project().catalog();
        Mask mask = Masked.of(call, to);
        for (Target each : from) {
            mask = Mask.both(Masked.of(call, each), mask);
        }
        long one = from.get(0).branch().id();
        long other = to.branch().id();
        Snapshot before = Scope.restrict(base, catalog.crossing(one, other));
        Snapshot after = Scope.restrict(there.stored(), catalog.crossing(other, one));
        return new Compared(Masked.view(mask, before), Masked.view(mask, after));
    }
}
