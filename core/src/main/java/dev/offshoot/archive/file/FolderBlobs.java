package dev.offshoot.archive.file;

import dev.offshoot.archive.BlobStore;
import dev.offshoot.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file for each object in a folder. A file is written under another name, synced, and then given its own, so it is whole when it is
 * there. Not thread safe.
 */
public final class FolderBlobs implements BlobStore {
    private static final String UNFINISHED = ".unfinished";

    private final Path folder;

    private FolderBlobs(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder when it is not there. */
    public static FolderBlobs openOrCreate(Path folder) {
        try {
            Files.createDirectories(folder);
            return new FolderBlobs(folder);
        } catch (IOException e) {
            throw failed("cannot make the folder " + folder, e);
        }
    }

    /** @throws StoreException when there is no such folder */
    public static FolderBlobs open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new StoreException("there is no folder " + folder, null);
        }
        return new FolderBlobs(folder);
    }

    @Override
    public void put(String name, byte[] bytes) {
        Path file = file(name);
        Path parent = file.resolveSibling("");
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try {
            makeFolders(parent);
            try (FileChannel out = FileChannel.open(
                    unfinished,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer rest = ByteBuffer.wrap(bytes);
                while (rest.hasRemaining()) {
                    out.write(rest);
                }
                out.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(parent);
        } catch (IOException e) {
            throw failed("cannot write " + file, e);
        }
    }

    private void makeFolders(Path parent) throws IOException {
        if (Files.isDirectory(parent)) {
            return;
        }
        Files.createDirectories(parent);
        for (Path at = parent; at != null && at.startsWith(folder); at = at.getParent()) {
            sync(at);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    @Override
    public byte @Nullable [] get(String name) {
        try {
            return Files.readAllBytes(file(name));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw failed("cannot read " + file(name), e);
        }
    }

    @Override
    public SortedMap<String, Long> sizes(String prefix) {
        int slash = prefix.lastIndexOf('/');
        Path from = slash < 0 ? folder : folder.resolve(prefix.substring(0, slash));
        if (!Files.isDirectory(from)) {
            return new TreeMap<>();
        }
        SortedMap<String, Long> sizes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = name(file);
                if (name.startsWith(prefix) && !name.endsWith(UNFINISHED) && Files.isRegularFile(file)) {
                    sizes.put(name, Files.size(file));
                }
            }
        } catch (IOException e) {
            throw failed("cannot list " + from, e);
        }
        return sizes;
    }

    private String name(Path file) {
        StringBuilder name = new StringBuilder();
        for (Path part : folder.relativize(file)) {
            name.append(name.isEmpty() ? "" : "/").append(part);
        }
        return name.toString();
    }

    private Path file(String name) {
        Path file = folder.resolve(name).normalize();
        if (name.isEmpty()
                || !file.startsWith(folder.normalize())
                || !name(file).equals(name)) {
            throw new IllegalArgumentException("'" + name + "' is not the name of an object");
        }
        return file;
    }

    @Override
    public void delete(String name) {
        Path file = file(name);
        try {
            if (Files.deleteIfExists(file)) {
                sync(file.resolveSibling(""));
            }
        } catch (IOException e) {
            throw failed("cannot remove " + file, e);
        }
    }

    @Override
    public String describe() {
        return folder.toString();
    }

    @Override
    public void close() {}

    private static StoreException failed(String what, IOException cause) {
        return new StoreException(what + ": " + cause + "; check the disk and its rights, then do it again", cause);
    }
}
