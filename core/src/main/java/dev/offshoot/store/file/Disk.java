package dev.offshoot.store.file;

import java.io.IOException;
import java.nio.file.Path;

/** The file operations a log needs, and nothing more, so that a test can put a disk below it that tears, forgets and fails. */
interface Disk {
    /** Opens a file to write and read; creates it when it is missing. */
    DiskFile open(Path file) throws IOException;

    /** Opens an existing file to read. */
    DiskFile openToRead(Path file) throws IOException;

    /** Makes the names in a folder durable: files created in it survive a power cut. */
    void forceFolder(Path folder) throws IOException;
}
