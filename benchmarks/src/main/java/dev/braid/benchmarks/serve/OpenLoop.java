package dev.braid.benchmarks.serve;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests at their times, whether or not those before are answered: how long an answer took
 * counts from when its request was to be sent, so that a server that stops answering for a while is
 * charged for all that should have been sent meanwhile. One thread, which leaves no garbage.
 */
final class OpenLoop implements AutoCloseable {
  private static final long PARK_NANOS = 20_000;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final List<Client> clients;
  private final Deque<Client> idle = new ArrayDeque<>();
  private final byte[][] requests;

  /**
   * @param requests to be sent one after the other, round and round
   */
  OpenLoop(final InetSocketAddress address, final int connections, final byte[][] requests)
      throws IOException {
    this.requests = requests;
    clients = new ArrayList<>();
    final int longest = Arrays.stream(requests).mapToInt(request -> request.length).max().orElse(0);
    for (int i = 0; i < connections; i++) {
      clients.add(new Client(address, longest));
    }
    idle.addAll(clients);
  }

  /**
   * Runs for a time.
   *
   * @param perSecond requests
   * @throws IOException if a connection breaks, or an answer stays out for ten seconds
   */
  LoadFigures run(final int perSecond, final long seconds) throws IOException {
    final LoadFigures figures = new LoadFigures();
    final long begun = System.nanoTime();
    final long all = perSecond * seconds;
    long sent = 0;
    long answered = 0;
    long looked = begun;
    while (answered < all) {
      final long now = System.nanoTime();
      figures.looked(now - looked);
      looked = now;
      final long due = Math.min(all, (now - begun) * perSecond / SECOND_NANOS + 1);
      boolean worked = false;
      for (; sent < due && !idle.isEmpty(); sent++) {
        idle.remove()
            .send(
                requests[(int) (sent % requests.length)], begun + sent * SECOND_NANOS / perSecond);
        worked = true;
      }
      for (final Client client : clients) {
        if (client.isAtWork() && client.receive()) {
          figures.answered(
              System.nanoTime() - client.due(), client.status(), client.modelVersion());
          idle.add(client);
          answered++;
          worked = true;
        } else if (client.isAtWork() && now - client.sent() > PATIENCE_NANOS) {
          throw new IOException("the server has not answered for ten seconds");
        }
      }
      if (!worked) {
        LockSupport.parkNanos(PARK_NANOS);
      }
    }
    return figures;
  }

  @Override
  public void close() throws IOException {
    for (final Client client : clients) {
      client.close();
    }
  }
}
