package dev.offshoot.state;

/**
 * A branch: a pointer into the log, never a copy. Its head is the LSN of its newest snapshot.
 *
 * @param id the LSN of the event that made it
 * @param parent the id of the branch it was made from; 0 for the first branch
 * @param base the position of the parent it was made at
 * @param createdMillis wall clock of the record that made it
 * @param dropped whether it was removed; its history stays
 */
public record Branch(long id, String name, long parent, long base, long createdMillis, boolean dropped) {
    /** The name of a project's first branch. */
    public static final String MAIN = "main";

    Branch renamed(String other) {
        return new Branch(id, other, parent, base, createdMillis, dropped);
    }

    Branch asDropped() {
        return new Branch(id, name, parent, base, createdMillis, true);
    }
}
