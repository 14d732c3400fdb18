package dev.offshoot.it;

import java.util.List;
import java.util.regex.Pattern;
import org.bson.BsonDocument;

/** Where mongo-java-server answers otherwise than MongoDB's manual says: one line each, the shape of a question and the reason. */
final class StandInFaults {
    private record Fault(Pattern question, String reason) {}

    private static final List<Fault> FAULTS = List.of(
            new Fault(Pattern.compile("NaN"), "NaN is less than nothing and equal to nothing but itself"),
            new Fault(
                    Pattern.compile("\"\\$[lg]te?\": null"),
                    "null is less than or equal to null, and to what is missing"),
            new Fault(Pattern.compile("\"\\$[lg]te?\": [\\[{]"), "arrays and documents have an order"),
            new Fault(
                    Pattern.compile("\"\\$in\": \\[[^\\]]*\\["),
                    "an array in $in is met by that array and by an array that holds it"),
            new Fault(
                    Pattern.compile("\"\\$\\w+\": [^,{}\\[\\]]+, \"\\$"),
                    "two comparisons of one field may be met by two elements of an array"),
            new Fault(Pattern.compile("\\$addToSet"), "numbers of two types that are equal are one element of a set"),
            new Fault(
                    Pattern.compile("\"\\$set\": \\{\"\\w\": (\\d|\\{\"\\$number)"),
                    "a number set to an equal one of another type is changed"));

    private StandInFaults() {}

    /** Whether a question meets one of them. */
    static boolean touchedBy(BsonDocument question) {
        String text = question.toJson();
        return FAULTS.stream().anyMatch(fault -> fault.question.matcher(text).find());
    }
}
