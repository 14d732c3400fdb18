package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.it.WritingClient.Told;
import dev.offshoot.state.PlainProject;
import dev.offshoot.state.PlainState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/** What clients were told, held against what is stored on one branch. */
final class Account {
    private final String branch;
    private final Map<BsonValue, BsonDocument> things;
    private final Map<BsonValue, BsonDocument> counters;
    private final Map<BsonValue, BsonDocument> logs;

    private Account(String branch, PlainState stored) {
        this.branch = branch;
        this.things = byId(branch, stored.collection("things"));
        this.counters = byId(branch, stored.collection("counters"));
        this.logs = byId(branch, stored.collection("logs"));
    }

    static void check(PlainProject log, List<String> branches, List<WritingClient> clients) {
        for (String branch : branches) {
            Account account = new Account(branch, log.head(branch));
            account.things(clients);
            account.increments(clients);
            account.tickets(clients);
            clients.forEach(account::entries);
        }
    }

    private void things(List<WritingClient> clients) {
        Set<String> stored = new HashSet<>();
        things.keySet().forEach(id -> stored.add(id.asString().getValue()));
        Set<String> explained = new HashSet<>();
        for (WritingClient client : clients) {
            Told told = client.told(branch);
            List<String> missing = new ArrayList<>(told.things.acknowledged());
            missing.removeAll(stored);
            assertThat(missing)
                    .as("acknowledged, and not in %s: client %s", branch, client.number())
                    .isEmpty();
            List<String> risen = new ArrayList<>(told.removed.acknowledged());
            risen.retainAll(stored);
            assertThat(risen)
                    .as("removed, and still in %s: client %s", branch, client.number())
                    .isEmpty();
            explained.addAll(told.things.acknowledged());
            explained.addAll(told.things.unknown());
            explained.addAll(told.removed.unknown());
        }
        stored.removeAll(explained);
        assertThat(stored).as("in %s, and nobody wrote it", branch).isEmpty();
    }

    private void increments(List<WritingClient> clients) {
        BsonDocument counter = counter("c");
        long sum = 0;
        for (WritingClient client : clients) {
            Told told = client.told(branch);
            long value = number(counter, "w" + client.number());
            between(value, told.increments, "increments of client " + client.number());
            sum += value;
        }
        assertThat(number(counter, "n")).as("all increments in %s", branch).isEqualTo(sum);
    }

    /** Each ticket was drawn by one client. */
    private void tickets(List<WritingClient> clients) {
        long drawn = number(counter("tickets"), "n");
        Set<Long> seen = new HashSet<>();
        Outcomes<Long> all = new Outcomes<>();
        for (WritingClient client : clients) {
            Told told = client.told(branch);
            for (long ticket : told.tickets) {
                assertThat(seen.add(ticket))
                        .as("ticket %s in %s is drawn once", ticket, branch)
                        .isTrue();
                assertThat(ticket).as("ticket in %s", branch).isBetween(1L, drawn);
            }
            told.drawn.acknowledged().forEach(token -> all.note(token * 100 + client.number(), true));
            told.drawn.unknown().forEach(token -> all.note(token * 100 + client.number(), false));
        }
        between(drawn, all, "tickets");
    }

    /** Every entry of a log is there once, in the order in which it was written. */
    private void entries(WritingClient client) {
        List<Long> stored = new ArrayList<>();
        TreeMap<Long, BsonDocument> ordered = new TreeMap<>();
        logs.forEach((id, log) -> {
            String[] parts = id.asString().getValue().split("/", 2);
            if (Integer.parseInt(parts[0]) == client.number()) {
                ordered.put(Long.parseLong(parts[1]), log);
            }
        });
        ordered.values()
                .forEach(log -> log.getArray("entries")
                        .forEach(e -> stored.add(e.asInt64().getValue())));
        Told told = client.told(branch);
        String what = "entries of client " + client.number() + " in " + branch;
        assertThat(stored).as(what).doesNotHaveDuplicates().isSorted();
        assertThat(stored).as(what).containsAll(told.entries.acknowledged());
        stored.removeAll(told.entries.acknowledged());
        assertThat(told.entries.unknown()).as(what).containsAll(stored);
    }

    private void between(long stored, Outcomes<Long> outcomes, String what) {
        long least = outcomes.acknowledged().size();
        assertThat(stored)
                .as(
                        "%s in %s, %s of them without an answer",
                        what, branch, outcomes.unknown().size())
                .isBetween(least, least + outcomes.unknown().size());
    }

    private BsonDocument counter(String id) {
        return counters.values().stream()
                .filter(c -> c.getString("_id").getValue().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no counter " + id + " in " + branch));
    }

    private static Map<BsonValue, BsonDocument> byId(String branch, PlainState.@Nullable Collection collection) {
        Map<BsonValue, BsonDocument> byId = new LinkedHashMap<>();
        if (collection != null) {
            for (byte[] bytes : collection.documents().values()) {
                BsonDocument document = new RawBsonDocument(bytes);
                assertThat(byId.put(document.get("_id"), document))
                        .as("%s is there twice in %s of %s", document.get("_id"), collection.name(), branch)
                        .isNull();
            }
        }
        return byId;
    }

    private static long number(BsonDocument document, String field) {
        return document.containsKey(field) ? document.getNumber(field).longValue() : 0;
    }
}
