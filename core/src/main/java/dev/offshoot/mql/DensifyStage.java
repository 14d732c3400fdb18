package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** {@code $densify}: adds documents so that a field has every step of a range. */
record DensifyStage(DottedPath field, List<DottedPath> partitions, DensifyRange range, Collation collation)
        implements Stage {
    static DensifyStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "The $densify stage specification must be an object, found " + Bson.typeName(argument.type()));
        }
        StrictFields spec = StrictFields.of("$densify", argument.asDoc(), "field", "partitionByFields", "range");
        String field = spec.requiredString("field");
        List<String> by = spec.optionalStrings("partitionByFields");
        DensifyRange range = DensifyRange.parse(
                StrictFields.of("$densify.range", spec.requiredDocument("range"), "step", "unit", "bounds"));
        List<DottedPath> partitions =
                by == null ? List.of() : by.stream().map(DottedPath::parse).toList();
        if (range.partition() && partitions.isEmpty()) {
            throw Operands.error(
                    5733408,
                    "One cannot specify the bounds as 'partition' without specifying a non-empty array of"
                            + " partitionByFields. You may have meant to specify 'full' bounds.");
        }
        return new DensifyStage(DottedPath.parse(field), partitions, range, compile.collation());
    }

    /** Over all partitions by the field; partition by partition where each has its own steps. */
    private Sort order() {
        List<String> paths = new ArrayList<>();
        if (!range.isFull()) {
            partitions.forEach(path -> paths.add(path.text()));
        }
        paths.add(field.text());
        DocBuilder spec = new DocBuilder();
        paths.stream().distinct().forEach(path -> spec.append(path, 1));
        return Sort.compile(spec.buildDoc(), collation);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return new Densifier(this, order().sorted(input, Long.MAX_VALUE, context), context);
    }
}
