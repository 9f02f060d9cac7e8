package dev.braid.jobs.serve;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads that answer requests: many for short ones, and one for long ones. */
final class RequestThreads implements AutoCloseable {
  private static final int MOST_WAITING = 1_000;

  private final ThreadPoolExecutor shortOnes =
      pool("serve", Runtime.getRuntime().availableProcessors());
  private final ThreadPoolExecutor longOnes = pool("serve-long", 1);

  private static ThreadPoolExecutor pool(final String name, final int threads) {
    return new ThreadPoolExecutor(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(MOST_WAITING),
        new DefaultThreadFactory(name, true));
  }

  /**
   * Has something done.
   *
   * @throws RejectedExecutionException if too much waits for its turn
   */
  void execute(final boolean isLong, final Runnable work) {
    (isLong ? longOnes : shortOnes).execute(work);
  }

  @Override
  public void close() {
    shortOnes.shutdownNow();
    longOnes.shutdownNow();
  }
}
