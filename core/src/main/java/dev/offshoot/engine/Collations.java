package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which collation holds: the one that a command or a statement asks for, else that of the collection or view it works on. */
final class Collations {
    private Collations() {}

    /** What a {@code collation} field asks for; null where it is missing or empty. */
    static @Nullable Collation asked(Doc field) {
        return field.isEmpty() ? null : Collation.parse(field, "collation");
    }

    /** The default of a collection or view; simple where there is none. */
    static Collation inherited(Snapshot state, String name) {
        CollectionSnapshot found = state.entry(name);
        return found == null ? Collation.SIMPLE : found.definition().collation();
    }

    /**
     * The collation of a command that reads the collection or view that it names.
     *
     * @throws CommandException OptionNotSupportedOnView where it asks for another one than the view has
     */
    static Collation of(Invocation call, Snapshot state) {
        Collation asked = asked(call.document("collation"));
        if (!call.body().first().value().isString()) {
            return asked == null ? Collation.SIMPLE : asked;
        }
        CollectionSnapshot found = state.entry(call.collection());
        Collation inherited =
                found == null ? Collation.SIMPLE : found.definition().collation();
        if (asked != null && found != null && found.isView() && !asked.equals(inherited)) {
            throw mismatch("");
        }
        return asked == null ? inherited : asked;
    }

    /** @param view the name of a view that is not the one which the command is about, else empty */
    static CommandException mismatch(String view) {
        return new CommandException(
                ErrorCode.OPTION_NOT_SUPPORTED_ON_VIEW, "Cannot override a view's default collation" + view);
    }

    /**
     * A statement that may be without a collation of its own: then it is evaluated under that of the collection as it finds it.
     *
     * @param statement as it is under the collation it asks for, or under the simple one
     */
    static <R> Statement<R> inheriting(
            String collection,
            @Nullable Collation asked,
            Statement<R> statement,
            Function<Collation, Statement<R>> compile) {
        if (asked != null) {
            return statement;
        }
        return turn -> {
            Collation inherited = inherited(turn.snapshot(), collection);
            return (inherited.isSimple() ? statement : compile.apply(inherited)).evaluate(turn);
        };
    }
}
