package dev.offshoot.archive;

import java.util.List;

/**
 * What one round of shipping did.
 *
 * @param through the last LSN that the archive holds now
 * @param checkpoint the LSN of the newest checkpoint that it holds now; 0 when it has none
 * @param records how many went there in this round
 * @param pages how many went there in this round
 * @param objects how many objects were written in this round
 * @param bytes what they take
 * @param notes what a person should know, one sentence each
 */
public record Shipped(
        long through, long checkpoint, long records, long pages, long objects, long bytes, List<String> notes) {}
