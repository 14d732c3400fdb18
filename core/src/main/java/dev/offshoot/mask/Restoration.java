package dev.offshoot.mask;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts hidden values back where a change left what stood in their place. A field is followed by its path. An element of an array is the one that
 * looked just the same, in order; else the one with the same {@code _id}; else, in an array that is as long as it was, the one at its
 * place. Where elements that look the same hide different values and some of them are gone, nothing tells which, and the change
 * is refused.
 */
record Restoration(MaskPaths paths) {
    /**
     * @param stored the document before the change
     * @param seen the same as the mask shows it
     * @param changed what became of {@code seen}
     */
    Doc of(Doc stored, Doc seen, Doc changed) {
        return document(stored, seen, changed, paths);
    }

    private static Doc document(Doc stored, Doc seen, Doc changed, MaskPaths at) {
        DocBuilder out = new DocBuilder(changed.length() + 32);
        Doc.Fields field = changed.fields();
        while (field.next()) {
            MaskPaths below = at.at(field.name());
            Value before = below == null ? null : stored.get(field.name());
            Value shown = below == null ? null : seen.get(field.name());
            if (below == null || before == null || shown == null) {
                out.appendField(field.bytes(), field.nameStart() - 1, field.valueEnd());
            } else {
                out.append(field.name(), value(before, shown, field.value(), below));
            }
        }
        return out.buildDoc();
    }

    private static Value value(Value stored, Value seen, Value changed, MaskPaths at) {
        if (changed.equals(seen)) {
            return stored;
        }
        if (changed.isArray() && seen.isArray()) {
            return Value.array(array(stored.asDoc(), seen.asDoc(), changed.asDoc(), at));
        }
        if (changed.isDocument() && seen.isDocument() && at.replacement() == null) {
            return Value.document(document(stored.asDoc(), seen.asDoc(), changed.asDoc(), at));
        }
        return changed;
    }

    private static Doc array(Doc stored, Doc seen, Doc changed, MaskPaths at) {
        List<Element> before = elements(stored, seen);
        List<Value> after = new ArrayList<>();
        changed.forEach(field -> after.add(field.value()));
        @Nullable Element[] sources = new Element[after.size()];
        matchSame(before, after, sources);
        matchChanged(before, after, sources);
        DocBuilder out = new DocBuilder(changed.length() + 32);
        for (int i = 0; i < sources.length; i++) {
            Element source = sources[i];
            Value element = after.get(i);
            if (source == null) {
                checkNew(before, element, at);
            }
            out.add(source == null ? element : value(source.stored, source.seen, element, at));
        }
        return out.buildDoc();
    }

    private static List<Element> elements(Doc stored, Doc seen) {
        List<Element> elements = new ArrayList<>();
        Doc.Fields hidden = stored.fields();
        Doc.Fields shown = seen.fields();
        while (hidden.next() && shown.next()) {
            elements.add(new Element(hidden.value(), shown.value()));
        }
        return elements;
    }

    private static void matchSame(List<Element> before, List<Value> after, @Nullable Element[] sources) {
        Map<Value, Alike> byLook = new HashMap<>();
        before.forEach(element -> byLook.computeIfAbsent(element.seen, look -> new Alike())
                .elements
                .add(element));
        for (int i = 0; i < sources.length; i++) {
            Alike alike = byLook.get(after.get(i));
            if (alike != null) {
                sources[i] = alike.take();
            }
        }
        byLook.values().forEach(Alike::checkCertain);
    }

    /** Elements that do not look as any did: with the same {@code _id}, or in the same place. */
    private static void matchChanged(List<Element> before, List<Value> after, @Nullable Element[] sources) {
        Map<Value, Element> byId = new HashMap<>();
        for (Element element : before) {
            Value id = id(element.seen);
            if (id != null && !element.taken) {
                byId.putIfAbsent(id, element);
            }
        }
        for (int i = 0; i < sources.length; i++) {
            Value id = id(after.get(i));
            Element source = id == null || sources[i] != null ? null : byId.remove(id);
            sources[i] = source == null ? sources[i] : source.take();
        }
        for (int i = 0; i < sources.length && sources.length == before.size(); i++) {
            if (sources[i] == null && !before.get(i).taken) {
                sources[i] = before.get(i).take();
            }
        }
    }

    private static @Nullable Value id(Value element) {
        return element.isDocument() ? element.asDoc().get("_id") : null;
    }

    /** Refuses an element that shows what stands for a hidden value of one that it may have been. */
    private static void checkNew(List<Element> before, Value changed, MaskPaths at) {
        for (Element element : before) {
            if (!element.taken && sharesMasked(element.seen, changed, at)) {
                throw ambiguous();
            }
        }
    }

    private static boolean sharesMasked(Value seen, Value changed, MaskPaths at) {
        if (at.replacement() != null) {
            return seen.equals(changed) && !Nothing.is(seen);
        }
        if (!seen.isDocument() || !changed.isDocument()) {
            return false;
        }
        for (Doc.Field field : changed.asDoc()) {
            MaskPaths below = at.at(field.name());
            Value shown = below == null ? null : seen.asDoc().get(field.name());
            if (below != null && shown != null && sharesMasked(shown, field.value(), below)) {
                return true;
            }
        }
        return false;
    }

    private static CommandException ambiguous() {
        return new CommandException(
                ErrorCode.BAD_VALUE,
                "the update moves or removes elements of an array that look the same through the mask of this branch, so"
                        + " it cannot tell whose hidden values stay. Change one element at its place (\"array.0.field\"),"
                        + " give elements an _id, or write on the branch that is not masked");
    }

    /** An element before the change. */
    private static final class Element {
        final Value stored;
        final Value seen;
        boolean taken;

        Element(Value stored, Value seen) {
            this.stored = stored;
            this.seen = seen;
        }

        Element take() {
            taken = true;
            return this;
        }
    }

    /** Elements that look the same. */
    private static final class Alike {
        final List<Element> elements = new ArrayList<>();
        private int taken;

        @Nullable
        Element take() {
            return taken < elements.size() ? elements.get(taken++).take() : null;
        }

        /** Where only some are left, the first and the last of them have to hide the same. */
        void checkCertain() {
            int gone = elements.size() - taken;
            for (int i = 0; i < taken; i++) {
                if (!elements.get(i).stored.equals(elements.get(i + gone).stored)) {
                    throw ambiguous();
                }
            }
        }
    }
}
