package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.store.AppendResult;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.SimulatedStore;
import dev.offshoot.wal.WalRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Deltas in the fold: live, replayed, and on a document that is not their base. */
final class PatchTest {
    private static final Origin ORIGIN = new Origin("test", "update", Branch.MAIN, "c");
    private static final long COLLECTION = 2;
    private static final long RECORD = 3;

    private final SimulatedStore store = SimulatedStore.calm();
    private final Project project = projects(store).findOrCreate("shop", ORIGIN);

    PatchTest() {
        write(new Change.CreateCollection("c", new DocBuilder().build()));
        write(new Change.Put(COLLECTION, RECORD, document(1)));
    }

    @Test
    void a_replay_makes_the_documents_that_live_writes_had() {
        write(Change.update(COLLECTION, RECORD, document(1), document(2)));
        write(Change.update(COLLECTION, RECORD, document(2), document(3)));
        assertThat(stored(project)).isEqualTo(document(3));
        Project again = projects(store.reopened()).find("shop");
        assertThat(again)
                .isNotNull()
                .satisfies(replayed -> assertThat(stored(replayed)).isEqualTo(document(3)));
        assertThat(project.at(project.branch(Branch.MAIN), 4).collection("c"))
                .isNotNull()
                .satisfies(past -> assertThat(past.document(RECORD)).isEqualTo(document(2)));
    }

    @Test
    void a_delta_of_another_document_is_corruption_with_its_place() {
        append(Change.update(COLLECTION, RECORD, document(7), document(8)));
        assertThatExceptionOfType(CorruptionException.class)
                .isThrownBy(() -> projects(store.reopened()).find("shop"))
                .withMessageContaining("LSN 4")
                .withMessageContaining("record 3")
                .withMessageContaining("'c'")
                .withMessageContaining("CRC32C");
    }

    @Test
    void a_delta_of_a_document_that_is_not_there_is_corruption() {
        write(Change.update(COLLECTION, RECORD, document(1), document(2)));
        Change change = Change.update(COLLECTION, 77, document(1), document(2));
        append(change);
        assertThatExceptionOfType(CorruptionException.class)
                .isThrownBy(() -> projects(store.reopened()).find("shop"))
                .withMessageContaining("LSN 5 changes record 77");
    }

    private static byte[] stored(Project project) {
        CollectionSnapshot collection = project.head(Branch.MAIN).collection("c");
        byte[] document = collection == null ? null : collection.document(RECORD);
        return document == null ? new byte[0] : document;
    }

    private void write(Change change) {
        boolean done = project.write(
                project.branch(Branch.MAIN), ORIGIN, turn -> new Draft<>(true, List.of(change), List.of()));
        assertThat(done).isTrue();
    }

    /** Appends what no project would, as a damaged log may hold it. */
    private void append(Change change) {
        long lsn = project.lastLsn() + 1;
        Commit commit = Commit.draft(project.branch(Branch.MAIN).id(), ORIGIN, List.of(change), List.of())
                .at(lsn);
        WalRecord record = new WalRecord(lsn, project.lastTime() + 1, 1000, List.of(commit));
        AppendResult appended = store.log("p" + project.id()).append(RecordCodec.encode(record, new byte[16]));
        assertThat(appended).isEqualTo(AppendResult.APPENDED);
    }

    private static byte[] document(int number) {
        return new DocBuilder()
                .append("_id", 1)
                .append("number", number)
                .append("text", "some text ".repeat(70))
                .build();
    }

    private static Projects projects(SimulatedStore store) {
        byte[] nonce = new byte[16];
        return new Projects(
                store,
                new Materializer(1 << 20),
                CheckpointPolicy.onDemand(),
                new Clocks(() -> 1000, System::nanoTime, () -> {
                    nonce[0]++;
                    return nonce.clone();
                }));
    }
}
