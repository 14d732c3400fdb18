package dev.offshoot.store.file;

import dev.offshoot.metrics.SyncMeters;
import dev.offshoot.store.CheckpointStore;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.LogVisitor;
import dev.offshoot.store.PageStore;
import dev.offshoot.store.Store;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs in a folder of this machine, for one process: the embedded default, without anything to set up.
 *
 * <pre>
 * offshoot.lock                         locked while open, holds the process id
 * format                                what this folder is
 * logs/ID/00000000000000000001.wal      segments, each named by its first LSN
 * logs/ID/00000000000000048212.first    where the log begins, once it was trimmed
 * logs/ID/00000000000000048212.begin    where a log begins that was never there from LSN 1 on
 * pages/ID/00000000000000000001.pack    packs of pages, numbered
 * checkpoints/ID/00000000000000000042.ckpt  manifests, each named by its LSN
 * </pre>
 */
public final class FileStore implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(FileStore.class);
    /** The folders with one of each project, in the order in which they go: a manifest whose pages are gone would be damage. */
    private static final List<String> PARTS = List.of("checkpoints", "pages", "logs");

    private static final Pattern ID = Pattern.compile("[0-9a-z]{1,32}");

    private final Disk disk;
    private final Path folder;
    private final FileStoreOptions options;
    private final FolderLock lock;
    private final @Nullable ScheduledExecutorService syncer;
    private final Map<String, FileLog> logs = new TreeMap<>();
    private final OpenFiles openFiles;
    private final Map<String, FilePages> pages = new TreeMap<>();
    private final Map<String, FileCheckpoints> checkpoints = new TreeMap<>();
    private final List<TornTail> torn = new ArrayList<>();
    private volatile boolean closed;

    private FileStore(Disk disk, Path folder, FileStoreOptions options, FolderLock lock) {
        this.disk = disk;
        this.folder = folder;
        this.options = options;
        this.lock = lock;
        this.openFiles = new OpenFiles(options.openFilesMax());
        this.syncer = options.sync() == SyncPolicy.INTERVAL ? startSyncer() : null;
    }

    /** Whether a folder has a store in it; changes nothing. */
    public static boolean isIn(Path folder) {
        return Files.isRegularFile(FolderLock.format(folder));
    }

    /** Opens a folder with the default options; creates it when it is missing. */
    public static FileStore open(Path folder) {
        return open(folder, FileStoreOptions.defaults());
    }

    /**
     * Opens a folder; creates it when it is missing.
     *
     * @throws StoreException when another process, or this one, has it open; when it cannot be read or written
     */
    public static FileStore open(Path folder, FileStoreOptions options) {
        return open(folder, options, SyncMeters.unseen());
    }

    /** As {@link #open(Path, FileStoreOptions)}, with meters for its syncs. */
    public static FileStore open(Path folder, FileStoreOptions options, SyncMeters syncs) {
        return open(new LocalDisk(syncs), folder, options);
    }

    static FileStore open(Disk disk, Path folder, FileStoreOptions options) {
        Path absolute = folder.toAbsolutePath().normalize();
        try {
            Folders.create(disk, absolute);
            return new FileStore(disk, absolute, options, FolderLock.take(disk, absolute));
        } catch (IOException e) {
            throw new StoreException(
                    "cannot open the store in " + absolute + ": " + e.getMessage()
                            + ". The folder has to be writable, also to look at it; what cannot be written can be copied",
                    e);
        }
    }

    @Override
    public synchronized LogStore log(String id) {
        check(id);
        FileLog log = logs.get(id);
        if (log == null) {
            log = recover(id);
            logs.put(id, log);
        }
        return log;
    }

    @Override
    public synchronized PageStore pages(String id) {
        check(id);
        return pages.computeIfAbsent(
                id,
                key -> FilePages.open(
                        disk, folder.resolve("pages").resolve(key), options.clock(), PackLimits.DEFAULTS, openFiles));
    }

    @Override
    public synchronized CheckpointStore checkpoints(String id) {
        check(id);
        return checkpoints.computeIfAbsent(id, key -> {
            FileCheckpoints opened =
                    new FileCheckpoints(disk, folder.resolve("checkpoints").resolve(key), () -> closed);
            opened.removeUnfinished();
            return opened;
        });
    }

    @Override
    public void scan(String id, LogVisitor visitor) {
        check(id);
        FileLog log = opened(id);
        if (log == null) {
            Recovery.scan(disk, folder.resolve("logs").resolve(id), visitor);
        } else {
            log.scan(visitor);
        }
    }

    /** All of it: no other process can come late to a folder. Each part is closed before. */
    @Override
    public long remove(String id, boolean dryRun) {
        check(id);
        if (!dryRun) {
            forget(id);
        }
        long bytes = 0;
        for (String part : PARTS) {
            Path place = folder.resolve(part).resolve(id);
            try {
                bytes += Folders.remove(disk, place, dryRun);
            } catch (IOException e) {
                throw new StoreException(
                        "cannot remove " + place + ": " + e.getMessage() + "; what is left goes with the next cleanup",
                        e);
            }
        }
        return bytes;
    }

    private synchronized void forget(String id) {
        FileLog log = logs.remove(id);
        FilePages kept = pages.remove(id);
        checkpoints.remove(id);
        if (kept != null) {
            kept.close();
        }
        if (log != null) {
            log.close();
        }
    }

    /** What was cut from the ends of the logs opened so far; empty after a clean stop. */
    public synchronized List<TornTail> recovery() {
        return List.copyOf(torn);
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public String describe() {
        return folder.toString();
    }

    /** Does nothing: there is nobody here to query a view. */
    @Override
    public void publish(View view) {}

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (syncer != null) {
            syncer.shutdown();
        }
        try {
            closeAll();
        } finally {
            release();
        }
    }

    private void check(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("a log id is 1 to 32 of [0-9a-z], not '" + id + "'");
        }
        if (closed) {
            throw new StoreException("the store of " + folder + " is closed; open it again", null);
        }
    }

    private void closeAll() {
        StoreException first = null;
        List<Runnable> all = new ArrayList<>();
        logs.values().forEach(log -> all.add(log::close));
        pages.values().forEach(opened -> all.add(opened::close));
        for (Runnable close : all) {
            try {
                close.run();
            } catch (StoreException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private synchronized @Nullable FileLog opened(String id) {
        return logs.get(id);
    }

    private FileLog recover(String id) {
        Path place = folder.resolve("logs").resolve(id);
        Recovery.Outcome outcome = Recovery.of(disk, id, place);
        TornTail cut = outcome.torn();
        if (cut != null) {
            torn.add(cut);
            LOG.warn(
                    "cut {} bytes of an unfinished append from {} at offset {}: {}",
                    cut.bytes(),
                    cut.file(),
                    cut.offset(),
                    cut.reason());
        }
        return new FileLog(disk, place, options, openFiles, outcome.tail());
    }

    private void release() {
        try {
            lock.release();
        } catch (IOException e) {
            throw new StoreException("cannot release the lock of " + folder + ": " + e.getMessage(), e);
        }
    }

    private ScheduledExecutorService startSyncer() {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "offshoot-sync");
            thread.setDaemon(true);
            return thread;
        });
        long pause = options.syncIntervalMillis();
        var unused = executor.scheduleWithFixedDelay(this::syncAll, pause, pause, TimeUnit.MILLISECONDS);
        return executor;
    }

    private void syncAll() {
        List<FileLog> all;
        synchronized (this) {
            all = List.copyOf(logs.values());
        }
        for (FileLog log : all) {
            if (log.trouble() != null) {
                continue;
            }
            try {
                log.sync();
            } catch (StoreException e) {
                LOG.error("the log takes no more records", e);
            }
        }
    }
}
