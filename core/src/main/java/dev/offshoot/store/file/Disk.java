package dev.offshoot.store.file;

import java.io.IOException;
import java.nio.file.Path;

/** The file operations a log needs, and nothing more, so that a test can put a disk below it that tears, forgets and fails. */
interface Disk {
    /** Opens a file to write and read; creates it when it is missing. */
    DiskFile open(Path file) throws IOException;

    /** Opens an existing file to read. */
    DiskFile openToRead(Path file) throws IOException;

    /** Gives a file another name in its folder, in one step; a file that has that name already is gone. */
    void rename(Path from, Path to) throws IOException;

    /** Removes a file. Nothing when it is not there. */
    void delete(Path file) throws IOException;

    /** Makes the names in a folder durable: files created, renamed and removed in it are so after a power cut too. */
    void forceFolder(Path folder) throws IOException;
}
