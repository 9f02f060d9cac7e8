package dev.braid.jobs.serve;

import java.time.Duration;

/**
 * What a server holds and takes.
 *
 * @param bind address to listen on
 * @param port of it, 0 for any
 * @param chunkBytes of all models; those beyond are not served
 * @param learnerBytes of learners on the heap, beside their chunks
 * @param bodyBytes of one request
 * @param largeBytes of all bodies and answers that are on their way and not small
 * @param connections open at once; the one that was idle longest makes room for another
 * @param patience with a request that does not come to its end, and with a client that does not
 *     take its answer
 * @param idle how long a connection may say nothing
 */
public record ServeOptions(
    String bind,
    int port,
    long chunkBytes,
    long learnerBytes,
    int bodyBytes,
    long largeBytes,
    int connections,
    Duration patience,
    Duration idle) {

  /** Loopback alone, any port, a quarter of the heap for either, bodies up to a mebibyte. */
  public static ServeOptions defaults() {
    final long heap = Runtime.getRuntime().maxMemory();
    return new ServeOptions(
        "127.0.0.1",
        0,
        heap / 4,
        heap / 4,
        1 << 20,
        Math.max(heap / 16, 4 << 20),
        1_000,
        Duration.ofSeconds(10),
        Duration.ofSeconds(60));
  }

  /** These with another address. */
  public ServeOptions at(final String address, final int itsPort) {
    return new ServeOptions(
        address,
        itsPort,
        chunkBytes,
        learnerBytes,
        bodyBytes,
        largeBytes,
        connections,
        patience,
        idle);
  }

  /** These with other bounds of memory. */
  public ServeOptions holding(final long chunks, final long learners) {
    return new ServeOptions(
        bind, port, chunks, learners, bodyBytes, largeBytes, connections, patience, idle);
  }
}
