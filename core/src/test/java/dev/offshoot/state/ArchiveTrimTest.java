package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.archive.ArchiveTrim;
import dev.offshoot.archive.BesideBlobs;
import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.MemoryBlobs;
import dev.offshoot.archive.PackUse;
import dev.offshoot.archive.Restore;
import dev.offshoot.archive.Trimmed;
import dev.offshoot.archive.s3.S3Server;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.PageId;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.SimulatedStore;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What only older positions need goes from an archive. */
final class ArchiveTrimTest extends ArchiveScene {
    /** A random project, shipped with many checkpoints. */
    private RandomProgram shippedWithCheckpoints(long seed, MemoryBlobs to) {
        RandomProgram program = new RandomProgram(seed, SimulatedStore.calm());
        for (int i = 0; i < 8; i++) {
            program.run(8);
            program.project().checkpoints().checkpoint();
            ship(program.project().content(), to);
        }
        return program;
    }

    /** Removes all that may go. */
    private static Trimmed trim(BlobStore archive) {
        return trim(archive, Long.MAX_VALUE, false);
    }

    private static Trimmed foreseen(BlobStore archive) {
        return trim(archive, Long.MAX_VALUE, true);
    }

    private static Trimmed trim(BlobStore archive, long cutoffMillis, boolean dryRun) {
        return ArchiveTrim.run(archive, "shop", Long.MAX_VALUE, new ArchiveHorizon(cutoffMillis), dryRun);
    }

    @Test
    void a_trimmed_archive_restores_every_position_that_it_keeps_and_is_shipped_to_again() {
        long restored = 0;
        long removed = 0;
        long written = 0;
        for (long seed = 1; seed <= 100; seed++) {
            MemoryBlobs archive = new MemoryBlobs();
            RandomProgram program = shippedWithCheckpoints(seed, archive);
            List<LogRecord> records = records(program.log());
            long cutoff = RecordCodec.millisOf(records.get(records.size() * 2 / 3));
            Map<String, byte[]> before = new TreeMap<>(archive.objects());
            Trimmed foreseen = trim(archive, cutoff, true);
            assertThat(archive.objects().equals(before)).isTrue();
            Trimmed trimmed = trim(archive, cutoff, false);
            assertThat(trimmed).isEqualTo(foreseen);
            assertThat(trimmed.bytes()).isEqualTo(bytes(before) - bytes(archive.objects()));
            assertThat(trimmed.records()).isBetween((long) trimmed.segments(), trimmed.oldestLsn());
            requireUseful(archive);
            removed += trimmed.segments();
            written += trimmed.written();
            assertThat(trim(archive, cutoff, false).isNothing()).isTrue();
            write(program.project(), "main", new Change.CreateCollection("later", new DocBuilder().build()));
            program.project().checkpoints().checkpoint();
            ship(program.project().content(), archive);
            try {
                restored += requireRestorable(archive, program, trimmed.oldestLsn());
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(removed).as("objects removed").isGreaterThan(30);
        assertThat(written).as("packs written").isGreaterThan(30);
        assertThat(restored).isGreaterThan(500);
    }

    private static long bytes(Map<String, byte[]> objects) {
        return objects.values().stream().mapToLong(bytes -> bytes.length).sum();
    }

    /** Checkpoints need more than half of each pack, and no page is there twice. Answers the bytes of the packs. */
    private static long requireUseful(MemoryBlobs archive) {
        Set<PageId> ids = new HashSet<>();
        for (PackUse use : PackUse.of(archive, "shop")) {
            assertThat(use.neededBytes()).isGreaterThan(use.bytes() / 2);
            use.neededIds().forEach(id -> assertThat(ids.add(id)).isTrue());
        }
        Map<String, byte[]> packs = new TreeMap<>(archive.objects());
        packs.keySet().removeIf(name -> !name.contains("/pages/"));
        assertThat(packs.keySet()).hasSize(2 * PackUse.of(archive, "shop").size());
        return bytes(packs);
    }

    /** A seed whose archive has packs that are written anew when it is trimmed. */
    private long repacked() {
        for (long seed = 1; seed < 100; seed++) {
            MemoryBlobs archive = new MemoryBlobs();
            shippedWithCheckpoints(seed, archive);
            if (foreseen(archive).written() > 0) {
                return seed;
            }
        }
        throw new AssertionError("no archive has packs of which little is needed");
    }

    /** Every record's end from a position on: all branches as they were then. */
    private long requireRestorable(BlobStore archive, RandomProgram program, long from) {
        PlainProject whole = PlainProject.read(program.log());
        long restored = 0;
        for (LogRecord entry : records(program.log())) {
            if (entry.lastLsn() < from) {
                continue;
            }
            Projects projects = projects(SimulatedStore.calm());
            long lsn =
                    restore(archive, "shop", entry.lastLsn(), projects, "copy").lastLsn();
            Project copy = open(projects, "copy");
            requireHeads(copy, lsn, whole);
            restored++;
        }
        return restored;
    }

    private static void requireHeads(Project copy, long lsn, PlainProject whole) {
        for (Branch branch : copy.catalog().branches()) {
            assertThat(ConsistencyCheck.state(branch.name() + "@" + lsn, copy.head(branch), whole.at(branch.id(), lsn))
                            .problems())
                    .isEmpty();
        }
    }

    @Test
    void an_archive_keeps_at_least_what_the_project_does() {
        SimulatedStore from = SimulatedStore.calm();
        Project project = filled(projects(from), 50);
        project.checkpoints().checkpoint();
        ship(project.content(), blobs);
        insert(project, "main", 2, 200, 220);
        project.checkpoints().checkpoint();
        insert(project, "main", 2, 300, 301);
        ship(project.content(), blobs);
        assertThat(ArchiveTrim.run(blobs, project.content(), new ArchiveHorizon(Long.MAX_VALUE), false)
                        .isNothing())
                .isTrue();
        project.checkpoints().cleanup(new Retention(0, 0), List.of(), millis.addAndGet(60_000), false);
        long kept = project.checkpoints().list().get(0);
        assertThat(ArchiveTrim.run(blobs, project.content(), new ArchiveHorizon(0), true)
                        .isNothing())
                .as("all is young enough")
                .isTrue();
        Trimmed trimmed = ArchiveTrim.run(blobs, project.content(), new ArchiveHorizon(Long.MAX_VALUE), false);
        assertThat(trimmed.oldestLsn()).isEqualTo(kept);
        assertThat(trimmed.checkpoints()).isEqualTo(1);
        assertThat(trimmed.segments()).isPositive();
        restore(blobs, "shop", kept, projects(SimulatedStore.calm()), "shop");
        assertThatThrownBy(() -> Restore.of(blobs, "shop", kept / 2)).isInstanceOf(StoreException.class);
    }

    @Test
    void whatever_operation_trimming_is_stopped_at_the_rest_can_be_restored_and_the_next_goes_on() {
        int stopped = 0;
        long seed = repacked();
        MemoryBlobs undisturbed = new MemoryBlobs();
        RandomProgram same = shippedWithCheckpoints(seed, undisturbed);
        trim(undisturbed);
        ship(same.project().content(), undisturbed);
        long packs = requireUseful(undisturbed);
        for (long n = 1; ; n++) {
            MemoryBlobs archive = new MemoryBlobs();
            RandomProgram program = shippedWithCheckpoints(seed, archive);
            archive.failAt(n, n % 2 == 0);
            long oldest = 0;
            try {
                oldest = trim(archive).oldestLsn();
            } catch (StoreException e) {
                stopped++;
            }
            boolean failed = archive.failed();
            archive.calm();
            restore(archive, "shop", null, projects(SimulatedStore.calm()), "copy");
            ship(program.project().content(), archive);
            Trimmed rest = trim(archive);
            requireRestorable(archive, program, rest.oldestLsn());
            assertThat(foreseen(archive).isNothing()).isTrue();
            assertThat(requireUseful(archive)).isEqualTo(packs);
            if (!failed) {
                assertThat(oldest).isPositive();
                break;
            }
        }
        assertThat(stopped).isGreaterThan(20);
    }

    @Test
    void who_restores_while_an_archive_is_trimmed_finds_its_pages_or_is_told_that_its_records_are_gone() {
        long seed = repacked();
        int restored = 0;
        int told = 0;
        for (long n = 1; ; n++) {
            MemoryBlobs archive = new MemoryBlobs();
            RandomProgram program = shippedWithCheckpoints(seed, archive);
            BesideBlobs beside = new BesideBlobs(archive, n, () -> trim(archive));
            Projects projects = projects(SimulatedStore.calm());
            try {
                assertThat(restore(beside, "shop", null, projects, "copy").damaged())
                        .isEmpty();
                Project copy = open(projects, "copy");
                requireHeads(copy, copy.lastLsn(), PlainProject.read(program.log()));
                restored++;
            } catch (CorruptionException e) {
                throw new AssertionError("request " + n, e);
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining("removed from the archive of 'shop' in memory meanwhile");
                told++;
            }
            if (!beside.done()) {
                break;
            }
            restore(archive, "shop", null, projects(SimulatedStore.calm()), "copy");
        }
        assertThat(told).isPositive();
        assertThat(restored).isGreaterThan(8);
    }

    @Test
    void an_archive_in_a_bucket_is_trimmed_and_what_stays_can_be_restored() {
        MemoryBlobs memory = new MemoryBlobs();
        RandomProgram program = shippedWithCheckpoints(repacked(), memory);
        try (S3Server server = S3Server.start();
                BlobStore bucket = server.blobs("a prefix")) {
            memory.objects().forEach(bucket::put);
            Trimmed inMemory = trim(memory);
            assertThat(foreseen(bucket)).isEqualTo(inMemory);
            assertThat(trim(bucket)).isEqualTo(inMemory);
            assertThat(inMemory.written()).isPositive();
            assertThat(bucket.list(""))
                    .containsExactlyElementsOf(memory.objects().keySet());
            assertThat(requireRestorable(bucket, program, inMemory.oldestLsn())).isPositive();
            ship(program.project().content(), bucket);
            assertThat(trim(bucket).isNothing()).isTrue();
        }
    }

    @Test
    void nothing_is_removed_from_an_archive_whose_oldest_checkpoint_to_stay_is_damaged() {
        MemoryBlobs archive = new MemoryBlobs();
        shippedWithCheckpoints(4, archive);
        long from = foreseen(archive).oldestLsn();
        assertThat(from).isPositive();
        int refused = 0;
        for (String name : List.copyOf(archive.objects().keySet())) {
            byte[] whole = Objects.requireNonNull(archive.objects().get(name));
            byte[] damaged = whole.clone();
            damaged[damaged.length / 2] ^= 1;
            archive.objects().put(name, damaged);
            int count = archive.objects().size();
            try {
                foreseen(archive);
            } catch (CorruptionException e) {
                assertThatThrownBy(() -> trim(archive))
                        .isInstanceOf(CorruptionException.class)
                        .hasMessageContaining(name);
                assertThat(archive.objects().keySet()).hasSize(count);
                refused++;
            }
            archive.objects().put(name, whole);
        }
        assertThat(refused).isGreaterThan(5);
    }
}
