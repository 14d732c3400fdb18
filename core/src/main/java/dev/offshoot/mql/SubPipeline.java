package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The compiled pipeline of a {@code $lookup}: first the stages that do not depend on the local document, whose result is the same each time,
 * then the others. Immutable and thread safe.
 *
 * @param documents the {@code $documents} stage that it begins with, or null
 * @param prefix the stages at its beginning that use none of the lookup's variables and no chance
 * @param suffix the others
 * @param whole both
 * @param documentsAreFixed whether the {@code $documents} stage is part of what is the same each time
 * @param equality what the first of the others asks a field to be equal to, or null
 */
record SubPipeline(
        @Nullable DocumentsStage documents,
        Pipeline prefix,
        Pipeline suffix,
        Pipeline whole,
        boolean documentsAreFixed,
        @Nullable VariableEquality equality) {
    private static final Set<String> BY_CHANCE = Set.of("$rand", "$sample", "$sampleRate");

    /** @param let the names of the lookup's own variables, which change from one run to the next */
    static SubPipeline compile(Doc array, CompileContext context, Set<String> let) {
        Pipeline.compile(array, context.with(let), Within.LOOKUP);
        List<Value> specs = BsonArrays.elements(array);
        List<Stage> stages = new ArrayList<>();
        int independent = 0;
        for (Value spec : specs) {
            Stage stage = independent == stages.size() ? independent(spec, context.without(let)) : null;
            independent += stage == null ? 0 : 1;
            stages.add(stage == null ? Stages.parse(spec, context.with(let)) : stage);
        }
        DocumentsStage documents = !stages.isEmpty() && stages.get(0) instanceof DocumentsStage first ? first : null;
        int from = documents == null ? 0 : 1;
        int split = Math.max(independent, from);
        return new SubPipeline(
                documents,
                Pipeline.of(stages.subList(from, split)),
                Pipeline.of(stages.subList(split, stages.size())),
                Pipeline.of(stages.subList(from, stages.size())),
                independent > 0,
                independent < specs.size() ? VariableEquality.in(specs.get(independent)) : null);
    }

    /** Whether something comes out the same each time. */
    boolean hasPrefix() {
        return !prefix.isEmpty() || suffix.isEmpty() || (documents != null && documentsAreFixed);
    }

    /** Where a stage with this pipeline may stand. */
    Place placeOutside() {
        return whole.placeOutside();
    }

    private static boolean isByChance(Value spec) {
        if (!spec.isDocument() && !spec.isArray()) {
            return false;
        }
        for (Doc.Field field : spec.asDoc()) {
            if (BY_CHANCE.contains(field.name()) || isByChance(field.value())) {
                return true;
            }
        }
        return false;
    }

    /** The stage where it needs none of the variables that are left out, else null. */
    private static @Nullable Stage independent(Value spec, CompileContext without) {
        if (isByChance(spec)) {
            return null;
        }
        try {
            return Stages.parse(spec, without);
        } catch (CommandException e) {
            return null; // it was compiled with all variables before, so what is missing is one of them
        }
    }
}
