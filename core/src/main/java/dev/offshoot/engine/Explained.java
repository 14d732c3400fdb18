package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.Filter;
import dev.offshoot.query.Matches;
import org.jspecify.annotations.Nullable;

/** A command that is explained: its filter, how it finds documents, what it does with them. */
record Explained(Filter filter, @Nullable Plan plan, Form form) {
    /** What is done with the documents of a plan. Runs once. */
    sealed interface Form {
        void run();

        long returned();

        void explain(DocBuilder out, boolean stats);
    }

    /** Answers them: a {@code find}. */
    record Find(FindRun answer) implements Form {
        @Override
        public void run() {
            while (answer.hasNext()) {
                answer.next();
            }
        }

        @Override
        public long returned() {
            return answer.returned();
        }

        @Override
        public void explain(DocBuilder out, boolean stats) {
            answer.explain(out, stats);
        }
    }

    /** Changes or removes them. */
    record Write(String stage, FindRun answer, boolean upsert) implements Form {
        @Override
        public void run() {
            new Find(answer).run();
        }

        @Override
        public long returned() {
            return 0;
        }

        @Override
        public void explain(DocBuilder out, boolean stats) {
            out.append("stage", stage);
            if (stats) {
                out.append("nReturned", 0);
                if (stage.equals("DELETE")) {
                    out.append("nWouldDelete", Explain.number(answer.returned()));
                } else {
                    out.append("nMatched", Explain.number(answer.returned()))
                            .append("nWouldUpsert", upsert && answer.returned() == 0 ? 1 : 0);
                }
            }
            out.startDocument("inputStage");
            answer.explain(out, stats);
            out.end();
        }
    }

    /** Counts them. */
    static final class Count implements Form {
        private final @Nullable Plan plan;
        private final long skip;
        private final long limit;
        private long counted;

        Count(@Nullable Plan plan, long skip, long limit) {
            this.plan = plan;
            this.skip = skip;
            this.limit = limit;
        }

        @Override
        public void run() {
            counted = plan == null ? 0 : plan.count();
        }

        @Override
        public long returned() {
            return 0;
        }

        @Override
        public void explain(DocBuilder out, boolean stats) {
            out.append("stage", "COUNT");
            if (stats) {
                long rest = Math.max(0, counted - skip);
                out.append("nReturned", 0)
                        .append("nCounted", Explain.number(limit == 0 ? rest : Math.min(rest, limit)))
                        .append("nSkipped", Explain.number(Math.min(skip, counted)));
            }
            out.startDocument("inputStage");
            if (plan == null) {
                out.append("stage", "EOF");
            } else {
                plan.access().explainCount(out, stats);
            }
            out.end();
        }
    }

    /** Hands them on as they are. */
    static final class Plain implements Form {
        private final @Nullable Plan plan;
        private long returned;

        Plain(@Nullable Plan plan, long returned) {
            this.plan = plan;
            this.returned = returned;
        }

        @Override
        public void run() {
            if (plan != null) {
                for (Matches matches = plan.matches(); matches.next(); ) {
                    returned++;
                }
            }
        }

        @Override
        public long returned() {
            return returned;
        }

        @Override
        public void explain(DocBuilder out, boolean stats) {
            if (plan == null) {
                out.append("stage", "EOF");
            } else {
                plan.access().explain(out, stats);
            }
        }
    }
}
