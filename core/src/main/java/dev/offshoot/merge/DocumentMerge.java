package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import org.jspecify.annotations.Nullable;

/**
 * The three-way merge of one document that both sides have: {@code base} is what it was when the sides parted, {@code ours} and
 * {@code theirs} what they made of it. Pure and byte-exact: what nobody changed keeps its bytes and its place.
 *
 * <p><b>Who changed what.</b> A side <em>touched</em> a field where its bytes there are not those of the base: it is another value
 * or another type, it is new, or it is gone. What one side alone touched is taken from that side, whatever the mode. What both touched
 * is decided by a strategy for its path, if there is one, and else by the mode:
 *
 * <ul>
 *   <li>{@code fieldTouched}: it is a conflict, also where both made the same change, and where both removed the field. Two sales of
 *       one piece that each write {@code qty: 4} are two sales: that the values agree does not mean that nothing is lost.
 *   <li>{@code fieldDivergent}: it is a conflict only where the outcomes differ.
 *   <li>{@code documentTouched}: where both sides touched anything in the document, it is a conflict of the document as a whole, as its
 *       fields may depend on each other.
 *   <li>{@code documentDivergent}: the same, but not where both came to the same document.
 * </ul>
 *
 * <p>A document without a base was inserted on both sides. That is one change of the whole, as its {@code _id} is a field that both
 * touched, and so a conflict of the whole in the two <em>touched</em> modes, even between identical documents. In
 * {@code fieldDivergent} the two are merged as if an empty document had been there; in {@code documentDivergent} they must be the same.
 *
 * <p><b>What is a field.</b> Where base, ours and theirs are documents they are merged field by field, at any depth; what is a document
 * and new on both sides counts as empty in the base. Where they are arrays whose elements all are documents with an {@code _id}, each
 * another one, they are merged element by element, and the elements field by field; an element inserted on both sides is judged as a
 * document inserted on both sides is. Other arrays are merged by position, with the edits that {@link DocumentDiff} finds: where no
 * element was edited by both (unless its versions merge without a conflict), no insertion of one side meets one of the other side, and
 * none lies within what the other side rewrote. Else, and where a side takes more than 500 removals and insertions, the array is a conflict as
 * a whole, and so is everything that is not the same kind of thing on all sides.
 *
 * <p><b>Order.</b> Fields that theirs added go behind all others. Elements that theirs added go behind the element that they stand
 * behind there, and behind those that ours added at the same place. The order of those fields of a document, or elements with an
 * {@code _id}, that all three have is a thing of its own that a side may touch. If only one did, its order is taken; if both did, that is
 * judged like two changes of a field, at the path of the document or array.
 *
 * <p><b>Strategies</b> decide what both sides touched, at their path and below it:
 *
 * <ul>
 *   <li>{@code ours}, {@code theirs}: that side's value, also where it has none.
 *   <li>{@code base}: what was there before, also where that is nothing.
 *   <li>{@code max}, {@code min}: the larger or smaller value in MongoDB's order of all types. Arrays by position are compared as a
 *       whole.
 *   <li>{@code sum}: {@code base + (ours - base) + (theirs - base)} with the types of {@code $inc}; without a base, from 0. It needs
 *       finite numbers, and a sum that fits.
 *   <li>{@code union}: of arrays, which are sets by MongoDB's equality: what neither side removed from the base, then what ours added,
 *       then what theirs added. Arrays of elements with an {@code _id} are merged by element as ever.
 * </ul>
 *
 * Where a strategy cannot be applied the mode decides: where one side removed the field (but for {@code ours}, {@code theirs} and {@code base}), or
 * the values are of other types. In the two modes of documents what lies under a strategy does not count as touched; where its strategy
 * cannot be applied, that is a conflict at its path. {@link MergeRules#otherwise} comes last: it decides what would be a conflict.
 *
 * <p>The sides are equals: with ours and theirs swapped, in the rules too, there are the same conflicts, and, without conflicts, the same
 * document but for the order of what both added. Thread safe.
 */
public final class DocumentMerge {
    private DocumentMerge() {}

    /**
     * Merges the two versions.
     *
     * @param base null where both sides inserted the document
     */
    public static MergedDocument merge(@Nullable Doc base, Doc ours, Doc theirs, MergeRules rules) {
        return new ThreeWayWalk(rules).merge(base, ours, theirs);
    }
}
