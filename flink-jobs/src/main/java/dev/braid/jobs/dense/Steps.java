package dev.braid.jobs.dense;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Where layers compute their steps: in the thread that asks, or in one beside it. */
interface Steps extends AutoCloseable {
  /** Longest time to wait for a step when all is given up, in seconds. */
  int PATIENCE = 60;

  /**
   * Begins a step.
   *
   * @param step computes it
   * @param whenDone runs soon after it in the thread that called, unless the step was done at once
   * @return what the step returned
   */
  CompletableFuture<Long> begin(Callable<Long> step, Runnable whenDone);

  @Override
  void close();

  /** In the thread that asks: a step is done when {@link #begin} returns. */
  static Steps here() {
    return new Steps() {
      @Override
      public CompletableFuture<Long> begin(final Callable<Long> step, final Runnable whenDone) {
        final CompletableFuture<Long> done = new CompletableFuture<>();
        run(step, done);
        return done;
      }

      @Override
      public void close() {}
    };
  }

  /**
   * In one thread of its own.
   *
   * @param name of the thread
   * @param mails carries tasks out in the thread that asks
   */
  static Steps beside(final String name, final Executor mails) {
    final ExecutorService worker =
        Executors.newSingleThreadExecutor(
            task -> {
              final Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    return new Steps() {
      @Override
      public CompletableFuture<Long> begin(final Callable<Long> step, final Runnable whenDone) {
        final CompletableFuture<Long> done = new CompletableFuture<>();
        worker.execute(
            () -> {
              run(step, done);
              try {
                mails.execute(whenDone);
              } catch (final RejectedExecutionException closing) {
                // The task ends; whoever still wants the step waits for it.
                return;
              }
            });
        return done;
      }

      @Override
      public void close() {
        worker.shutdown();
        try {
          worker.awaitTermination(PATIENCE, TimeUnit.SECONDS);
        } catch (final InterruptedException ending) {
          Thread.currentThread().interrupt();
        }
      }
    };
  }

  private static void run(final Callable<Long> step, final CompletableFuture<Long> done) {
    try {
      done.complete(step.call());
    } catch (final Throwable failed) {
      done.completeExceptionally(failed);
    }
  }

  /** Waits for a step; throws what it threw. */
  static long result(final CompletableFuture<Long> step) {
    try {
      return step.join();
    } catch (final CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (failed.getCause() instanceof Error cause) {
        throw cause;
      }
      throw failed;
    }
  }
}
