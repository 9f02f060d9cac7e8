package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

/** Asks the same again and again over one connection, and notes how long each answer took. */
final class GoodClient {
  private final Thread thread;
  private final List<Long> nanos = new ArrayList<>();
  private volatile int answers;
  private volatile boolean closed;
  private volatile Throwable failure;

  GoodClient(final String address, final String row) {
    thread =
        new Thread(
            () -> {
              try (HttpSocket socket = new HttpSocket(address)) {
                run(socket, row);
              } catch (final Exception | AssertionError failed) {
                failure = failed;
              }
            });
    thread.start();
  }

  private void run(final HttpSocket socket, final String row) throws Exception {
    final String expected = socket.send(HttpSocket.request(row)).answer();
    assertTrue(expected.startsWith("200 "), expected);
    while (!closed) {
      final long begun = System.nanoTime();
      assertEquals(expected, socket.send(HttpSocket.request(row)).answer());
      nanos.add(System.nanoTime() - begun);
      answers = nanos.size();
      Thread.sleep(2);
    }
  }

  /** Waits until it has had so many answers, if none was wrong. */
  void awaitAnswers(final int count) throws InterruptedException {
    while (answers < count && failure == null) {
      Thread.sleep(5);
    }
  }

  /**
   * Ends, and fails where one answer was wrong or most came late.
   *
   * @return a line of figures
   */
  String end(final int mostMillis) throws Exception {
    stop();
    if (failure != null) {
      throw new AssertionError("the good client was hurt", failure);
    }
    final long[] sorted = nanos.stream().mapToLong(each -> each).sorted().toArray();
    final String figures =
        "answers %d, p50 %.2f ms, p99 %.2f ms, max %.2f ms"
            .formatted(
                sorted.length,
                sorted[sorted.length / 2] / 1e6,
                sorted[sorted.length * 99 / 100] / 1e6,
                sorted[sorted.length - 1] / 1e6);
    assertTrue(sorted[sorted.length / 2] < mostMillis * 1_000_000L, figures);
    return figures;
  }

  /** Asks no more. */
  void stop() throws InterruptedException {
    closed = true;
    thread.join();
  }
}
