package dev.braid.jobs.serve;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.SavedParts;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Has work done little by little, with rests between, so that whoever waits for the processor
 * meanwhile gets it; where there is much of it, with ever fewer. For one thread.
 */
final class Pace {
  private static final long WORK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  /** A rest is so many times as long as the work before it. */
  private static final int REST = 4;

  /** Rests take one part in so many of all time, at most. */
  private static final int SHARE = 4;

  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private long left = MOST_NANOS;
  private long begun = System.nanoTime();
  private long since;

  /** Work begins. */
  void begin() {
    final long now = System.nanoTime();
    left = Math.min(MOST_NANOS, left + (now - begun) / SHARE);
    begun = now;
    since = now;
  }

  /** The same parts for a reader that rests while it reads them. */
  SavedParts over(final SavedParts parts) {
    return new SavedParts() {
      @Override
      public int chunkCount(final int part) {
        return parts.chunkCount(part);
      }

      @Override
      public ImageReader chunk(final int part, final int chunk) {
        rest();
        return parts.chunk(part, chunk);
      }
    };
  }

  private void rest() {
    final long worked = System.nanoTime() - since;
    if (worked < WORK_NANOS) {
      return;
    }
    final long rest = Math.min(left, REST * worked);
    if (rest > 0) {
      LockSupport.parkNanos(rest);
      left -= rest;
    }
    since = System.nanoTime();
  }
}
