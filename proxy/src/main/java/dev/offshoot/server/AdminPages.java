package dev.offshoot.server;

import java.util.List;
import java.util.function.Supplier;

/**
 * What an {@link AdminServer} shows, asked for at each request, by several threads.
 *
 * @param metricsType the content type of the metrics
 * @param metrics the figures as text
 * @param troubles what is wrong, a sentence each; empty while all is well
 */
public record AdminPages(String metricsType, Supplier<String> metrics, Supplier<List<String>> troubles) {}
