package dev.offshoot.engine;

import dev.offshoot.store.Store;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.store.file.HostileDisk;
import dev.offshoot.store.file.SyncPolicy;
import dev.offshoot.wal.SimulatedLogStore;
import dev.offshoot.wal.SimulatedStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A store that does to an engine what stores may do, life after life. */
interface HostileWorld {
    /** What is by chance in a program; the first draws of neighbouring seeds differ. */
    static Random random(long seed) {
        return new Random(seed * 0x9E3779B97F4A7C15L);
    }

    /** The store as the next process finds it. */
    Store open();

    /** Begins to fail, in some way. */
    void fail(Random random);

    /** Fails no more. */
    void calm();

    /** Ends a life; the engine is closed before or after, as it comes. Afterwards the world is calm. */
    void crash(Engine engine, Random random);

    /** Damages something of what the log can make again. */
    void rot(Random random);

    /** Whether what is acknowledged survives all. */
    boolean isDurable();

    /** How often what happened, by name. */
    Map<String, Integer> fired();

    /** What lies around that should not; empty when the world is tidy. */
    List<String> garbage(int checkpoints);

    /** Files on a disk that forgets what was not synced. */
    final class OnDisk implements HostileWorld {
        private final HostileDisk disk = new HostileDisk();
        private final Path folder;
        private final FileStoreOptions options;

        OnDisk(Path folder, Random random) {
            this.folder = folder;
            FileStoreOptions chosen = FileStoreOptions.defaults()
                    .withSegmentBytesMax(500 + random.nextInt(8_000))
                    .withRoomBytesMax(random.nextInt(3) == 0 ? 0 : random.nextInt(2_000));
            this.options = random.nextInt(4) == 0 ? chosen.withSync(SyncPolicy.NEVER) : chosen;
        }

        @Override
        public Store open() {
            return disk.store(folder, options);
        }

        @Override
        public void fail(Random random) {
            disk.calm();
            switch (random.nextInt(12)) {
                case 0 -> disk.failWrite(1 + random.nextInt(20));
                case 1 -> disk.failForce(1 + random.nextInt(20));
                case 2 -> {
                    disk.failWrite(1 + random.nextInt(20));
                    disk.failTruncate(1 + random.nextInt(2));
                }
                case 3, 4, 5 -> disk.failCall(1 + random.nextInt(60));
                case 6, 7 -> disk.failFrom(1 + random.nextInt(60));
                case 8 -> disk.fillUp(random.nextInt(4_000));
                case 9, 10 -> disk.failRead(1 + random.nextInt(40));
                default -> disk.calm();
            }
        }

        @Override
        public void calm() {
            disk.calm();
        }

        @Override
        public void crash(Engine engine, Random random) {
            if (random.nextInt(3) == 0) {
                close(engine);
                cut(random);
            } else {
                cut(random);
                close(engine);
            }
        }

        private void cut(Random random) {
            disk.calm();
            try {
                disk.powerCut(random);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void close(Engine engine) {
            try {
                engine.close();
            } catch (StoreException e) {
                if (e.getMessage() == null) {
                    throw e;
                }
            }
        }

        @Override
        public void rot(Random random) {
            List<Path> files = files().stream()
                    .filter(file ->
                            file.toString().endsWith(".pack") || file.toString().endsWith(".ckpt"))
                    .toList();
            if (!files.isEmpty()) {
                try {
                    disk.rot(files.get(random.nextInt(files.size())), random);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        private List<Path> files() {
            try (Stream<Path> walk = Files.walk(folder)) {
                return walk.filter(Files::isRegularFile).sorted().toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public boolean isDurable() {
            return options.sync() == SyncPolicy.ALWAYS;
        }

        @Override
        public Map<String, Integer> fired() {
            Map<String, Integer> fired = new TreeMap<>();
            disk.fired().forEach((fault, times) -> fired.put("disk " + fault, times));
            return fired;
        }

        @Override
        public List<String> garbage(int checkpoints) {
            List<String> garbage = new ArrayList<>();
            int manifests = 0;
            for (Path file : files()) {
                String name = file.getFileName().toString();
                manifests += name.endsWith(".ckpt") ? 1 : 0;
                if (!name.matches("format|offshoot\\.lock|[0-9]{20}\\.(wal|first|begin|pack|ckpt)")) {
                    garbage.add(file.toString());
                }
            }
            if (manifests != checkpoints) {
                garbage.add(manifests + " manifests for " + checkpoints + " checkpoints");
            }
            return garbage;
        }
    }

    /** A store in memory that answers late, twice or not at all, as one over a network does. */
    final class OverNetwork implements HostileWorld {
        private static final int FAULT_PERCENT = 12;

        private final Map<String, Integer> fired = new TreeMap<>();
        private SimulatedStore store;
        private boolean isCalm = true;

        OverNetwork(long seed) {
            this.store = SimulatedStore.hostile(seed, FAULT_PERCENT, 0).reopened();
        }

        @Override
        public Store open() {
            return store;
        }

        /** From the next life on. */
        @Override
        public void fail(Random random) {
            isCalm = false;
        }

        @Override
        public void calm() {
            isCalm = true;
        }

        @Override
        public void crash(Engine engine, Random random) {
            SimulatedLogStore log = store.log("p1");
            for (SimulatedLogStore.Fault fault : SimulatedLogStore.Fault.values()) {
                fired.merge("log " + fault, log.fired(fault), Integer::sum);
            }
            engine.close();
            store = isCalm ? store.reopened() : store.hostileAgain(random.nextLong(), FAULT_PERCENT);
        }

        @Override
        public void rot(Random random) {}

        @Override
        public boolean isDurable() {
            return true;
        }

        @Override
        public Map<String, Integer> fired() {
            fired.values().removeIf(times -> times == 0);
            return fired;
        }

        @Override
        public List<String> garbage(int checkpoints) {
            int manifests = store.checkpoints("p1").list().size();
            return manifests == checkpoints ? List.of() : List.of(manifests + " manifests for " + checkpoints);
        }
    }
}
