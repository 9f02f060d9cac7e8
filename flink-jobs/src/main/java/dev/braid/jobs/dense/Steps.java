package dev.braid.jobs.dense;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Where layers compute their steps: in the thread that asks, or in one beside it. */
interface Steps {
  /** Longest time to wait for a step when all is given up. */
  Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * Begins a step.
   *
   * @param step computes it
   * @param whenDone runs soon after it in the thread that called, unless the step was done at once
   * @return what the step returned
   */
  CompletableFuture<Long> begin(Callable<Long> step, Runnable whenDone);

  /**
   * Ends: takes no more steps, and gives back what they used once none can use it any more. Where
   * steps are computed beside, that happens behind the last of them, however often the caller is
   * interrupted; one that outlasts the patience is left to itself, and what it uses with it.
   *
   * @param release gives back what the steps used
   * @return whether that has happened
   */
  boolean end(Runnable release);

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
      public boolean end(final Runnable release) {
        release.run();
        return true;
      }
    };
  }

  /**
   * In one thread of its own.
   *
   * @param name of the thread
   * @param mails carries tasks out in the thread that asks
   */
  static Steps beside(final String name, final Executor mails) {
    return beside(name, mails, PATIENCE);
  }

  /**
   * The same with another patience.
   *
   * @param patience longest time to wait for the last step
   */
  static Steps beside(final String name, final Executor mails, final Duration patience) {
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
      public boolean end(final Runnable release) {
        final Future<?> released = worker.submit(release);
        worker.shutdown();
        return await(released, patience);
      }
    };
  }

  /** Waits through interrupts, which it leaves set; throws what the task threw. */
  private static boolean await(final Future<?> task, final Duration patience) {
    final long until = System.nanoTime() + patience.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          task.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
          return true;
        } catch (final InterruptedException ending) {
          interrupted = true;
        } catch (final TimeoutException late) {
          return false;
        } catch (final ExecutionException failed) {
          throw unchecked(failed.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
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
      throw unchecked(failed.getCause());
    }
  }

  private static RuntimeException unchecked(final Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known ? known : new CompletionException(cause);
  }
}
