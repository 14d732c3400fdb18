package dev.offshoot.cli;

import dev.offshoot.archive.Shipped;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tells what a round of shipping did. */
final class ShippedFacts {
    private ShippedFacts() {}

    static void report(Output output, Terminal terminal, String project, String place, Shipped shipped) {
        shipped.notes().forEach(note -> terminal.err().println("offshoot: " + note));
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("project", project);
        facts.put("to", place);
        facts.put("lsn", shipped.through());
        facts.put("checkpoint", shipped.checkpoint());
        facts.put("records", shipped.records());
        facts.put("pages", shipped.pages());
        facts.put("objects", shipped.objects());
        facts.put("bytes", shipped.bytes());
        output.fact(
                facts,
                place + " has " + project + " up to LSN " + shipped.through()
                        + (shipped.checkpoint() > 0 ? ", with a checkpoint at " + shipped.checkpoint() : "") + "; new: "
                        + shipped.records() + " records, " + shipped.pages() + " pages, " + shipped.bytes() + " bytes");
    }
}
