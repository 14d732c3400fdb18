package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.Pipeline;
import dev.offshoot.mql.PipelineContext;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** Pipelines over all cities in memory, on one core, in process. */
final class AggregateSection implements Section {
    private static final double RATE_MIN = 1e6;

    @Override
    public String name() {
        return "aggregate";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading("Pipelines over " + Documents.CITIES + " documents, one core, in process");
        List<Doc> cities = Documents.cities(Documents.CITIES);
        Rounds rounds = Rounds.of(
                bench.mode(),
                running(cities, List.of(match())),
                running(cities, List.of(match(), group())),
                running(
                        cities,
                        List.of(sort(), new DocBuilder().append("$limit", 10).buildDoc())));
        line(bench, "$match + $group by country, count and greatest name", rounds, 1);
        line(bench, "$sort by name + $limit 10, no index", rounds, 2);
    }

    /** The baseline is the filter alone. */
    private static void line(Bench bench, String name, Rounds rounds, int op) {
        double rate = Documents.CITIES * 1e9 / rounds.nanos(op);
        bench.report()
                .line(
                        name,
                        Amount.rate(Documents.CITIES * 1e9 / rounds.nanos(0)),
                        Amount.rate(rate),
                        rounds.ratio(op, 0),
                        new Goal(">= " + Amount.rate(RATE_MIN), rate >= RATE_MIN));
    }

    /** All that has a country: every document is matched and grouped. */
    private static Doc match() {
        return new DocBuilder()
                .startDocument("$match")
                .startDocument("country")
                .append("$gt", "")
                .end()
                .end()
                .buildDoc();
    }

    private static Doc group() {
        return new DocBuilder()
                .startDocument("$group")
                .append("_id", "$country")
                .startDocument("count")
                .append("$sum", 1)
                .end()
                .startDocument("last")
                .append("$max", "$name")
                .end()
                .end()
                .buildDoc();
    }

    private static Doc sort() {
        return new DocBuilder().startDocument("$sort").append("name", 1).end().buildDoc();
    }

    private static Op running(List<Doc> documents, List<Doc> stages) {
        Pipeline pipeline = Pipeline.compile(stages);
        PipelineContext context = PipelineContext.of(0, new Random(1));
        return () -> {
            long results = 0;
            for (Iterator<Doc> all = pipeline.run(documents.iterator(), context); all.hasNext(); all.next()) {
                results++;
            }
            if (results == 0) {
                throw new IllegalStateException("a pipeline without results");
            }
        };
    }
}
