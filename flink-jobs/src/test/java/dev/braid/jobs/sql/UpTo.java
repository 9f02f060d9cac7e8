package dev.braid.jobs.sql;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;

/**
 * A source gives so many rows, and then waits for ever; checkpoints and savepoints are still made.
 *
 * @param rows of a source with one reader
 */
record UpTo<S extends SourceSplit>(int rows) implements RateLimiterStrategy<S> {
  @Override
  public RateLimiter<S> createRateLimiter(final int parallelism) {
    return new RateLimiter<>() {
      private int left = rows;

      @Override
      public CompletionStage<Void> acquire(final int events) {
        left -= events;
        return left >= 0 ? CompletableFuture.completedFuture(null) : new CompletableFuture<>();
      }
    };
  }
}
