package dev.offshoot.cli;

import dev.offshoot.archive.Trimmed;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells what was removed from an archive, or would be. */
final class TrimmedFacts {
    private TrimmedFacts() {}

    /** What would be removed. */
    static void report(Output output, String project, String place, Trimmed trimmed) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("project", project);
        facts.put("to", place);
        facts.put("dry_run", true);
        facts.put("checkpoints", trimmed.checkpoints());
        facts.put("records", trimmed.records());
        facts.put("segments", trimmed.segments());
        facts.put("pages", trimmed.pages());
        facts.put("packs", trimmed.packs());
        facts.put("packs_written", trimmed.written());
        facts.put("bytes", trimmed.bytes());
        facts.put("oldest_lsn", trimmed.oldestLsn());
        output.fact(
                facts,
                trimmed.isNothing()
                        ? "would remove nothing from " + place
                        : "would remove " + sentence(place, trimmed));
    }

    static String sentence(String place, Trimmed trimmed) {
        return "from " + place + ": " + trimmed.checkpoints() + " checkpoints, " + trimmed.records() + " records in "
                + trimmed.segments() + " objects, " + trimmed.pages() + " pages in " + trimmed.packs() + " packs"
                + (trimmed.written() > 0 ? " (with " + trimmed.written() + " written in their place)" : "") + ", "
                + trimmed.bytes() + " bytes; positions from LSN " + trimmed.oldestLsn() + " on stay";
    }
}
