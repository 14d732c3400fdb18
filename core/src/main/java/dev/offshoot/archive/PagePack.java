package dev.offshoot.archive;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Some MiB of pages in one object, and beside it, written behind it, a table of their ids, so that shipping goes on without reading
 * packs. A pack without a table is what a crash left; the next one takes its number.
 *
 * <p>The content of a pack: its number and the number of pages, 4 bytes each; for each page its id (32), its length (4) and its
 * bytes. That of a table: the pack's number and the number of pages, and the ids.
 *
 * @param number from 1
 */
record PagePack(int number) {
    static String folder(String project) {
        return project + "/pages/";
    }

    String name(String project) {
        return folder(project) + String.format("%08d", number) + ".pack";
    }

    String tableName(String project) {
        return folder(project) + String.format("%08d", number) + ".table";
    }

    /** The number in the name of a pack or a table; 0 when it is neither. */
    static int numberOf(String project, String name) {
        int dot = name.lastIndexOf('.');
        try {
            int number = dot < 0 ? 0 : Integer.parseInt(name, folder(project).length(), dot, 10);
            PagePack pack = new PagePack(number);
            return name.equals(pack.name(project)) || name.equals(pack.tableName(project)) ? number : 0;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return 0;
        }
    }

    /** A page as it lies in a store. */
    record Page(PageId id, byte[] bytes) {
        long length() {
            return PageId.BYTES + Integer.BYTES + (long) bytes.length;
        }
    }

    byte[] seal(List<Page> pages) {
        long length = 2 * Integer.BYTES;
        for (Page page : pages) {
            length += page.length();
        }
        byte[] content = new byte[Math.toIntExact(length)];
        ByteBuffer out = Sealed.buffer(content);
        out.putInt(number).putInt(pages.size());
        for (Page page : pages) {
            out.put(page.id().toBytes()).putInt(page.bytes().length).put(page.bytes());
        }
        return Sealed.seal(Sealed.Kind.PACK, content);
    }

    /** @throws CorruptionException when this is not the pack of this number */
    List<Page> open(String project, byte[] bytes) {
        String name = name(project);
        ByteBuffer in = content(name, Sealed.Kind.PACK, bytes);
        int count = in.getInt();
        List<Page> pages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            PageId id = id(name, in);
            int length = in.remaining() < Integer.BYTES ? -1 : in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw Sealed.damaged(name, "expected page " + id + ", found " + in.remaining() + " bytes");
            }
            byte[] page = new byte[length];
            in.get(page);
            pages.add(new Page(id, page));
        }
        return pages;
    }

    byte[] sealTable(List<Page> pages) {
        byte[] content = new byte[2 * Integer.BYTES + pages.size() * PageId.BYTES];
        ByteBuffer out = Sealed.buffer(content);
        out.putInt(number).putInt(pages.size());
        pages.forEach(page -> out.put(page.id().toBytes()));
        return Sealed.seal(Sealed.Kind.PAGE_TABLE, content);
    }

    /** @throws CorruptionException when this is not the table of this pack */
    List<PageId> openTable(String project, byte[] bytes) {
        String name = tableName(project);
        ByteBuffer in = content(name, Sealed.Kind.PAGE_TABLE, bytes);
        int count = in.getInt();
        List<PageId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(id(name, in));
        }
        return ids;
    }

    private ByteBuffer content(String name, Sealed.Kind kind, byte[] bytes) {
        ByteBuffer in = Sealed.buffer(Sealed.open(name, kind, bytes));
        if (in.remaining() < 2 * Integer.BYTES || in.getInt() != number) {
            throw Sealed.damaged(name, "expected the pages of pack " + number + ", found others");
        }
        return in;
    }

    private static PageId id(String name, ByteBuffer in) {
        if (in.remaining() < PageId.BYTES) {
            throw Sealed.damaged(name, "expected the id of a page, found " + in.remaining() + " bytes");
        }
        byte[] id = new byte[PageId.BYTES];
        in.get(id);
        return PageId.of(id, 0);
    }
}
