package dev.braid.jobs.serve;

import dev.braid.jobs.publish.CheckpointEnd;
import dev.braid.jobs.publish.Moment;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What the server counts, as Prometheus reads it. Thread-safe. */
final class ServeFigures {
  /** Upper ends of the latency's buckets, seconds. */
  private static final double[] SECONDS = {
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5
  };

  private final ServedModels models;
  private final ModelFeed feed;
  private final Predictor predictor;
  private final Map<Integer, LongAdder> byStatus = new ConcurrentSkipListMap<>();
  private final LongAdder[] buckets = new LongAdder[SECONDS.length + 1];
  private final LongAdder nanos = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final AtomicInteger connections = new AtomicInteger();

  ServeFigures(final ServedModels models, final ModelFeed feed, final Predictor predictor) {
    this.models = models;
    this.feed = feed;
    this.predictor = predictor;
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new LongAdder();
    }
  }

  /** A request was answered, so long after its last byte came. */
  void answered(final int status, final long tookNanos) {
    byStatus.computeIfAbsent(status, any -> new LongAdder()).increment();
    int bucket = 0;
    while (bucket < SECONDS.length && tookNanos > SECONDS[bucket] * 1e9) {
      bucket++;
    }
    buckets[bucket].increment();
    nanos.add(tookNanos);
  }

  /** A connection was closed because it was slow, idle or one too many. */
  void dropped() {
    dropped.increment();
  }

  /** So many connections are open now. */
  void connections(final int open) {
    connections.set(open);
  }

  String text() {
    final StringBuilder out = new StringBuilder(4096);
    head(out, "requests_total", "counter", "Requests answered, by status.");
    byStatus.forEach(
        (status, count) ->
            out.append("braid_serve_requests_total{status=\"")
                .append(status)
                .append("\"} ")
                .append(count.sum())
                .append('\n'));
    latency(out);
    one(out, "rows_total", "counter", "Rows asked for.", predictor.rows());
    one(out, "refused_rows_total", "counter", "Rows not predicted.", predictor.refused());
    one(out, "connections", "gauge", "Open connections.", connections.get());
    one(
        out,
        "dropped_connections_total",
        "counter",
        "Connections closed for being slow, idle or one too many.",
        dropped.sum());
    one(out, "models", "gauge", "Models served.", models.count());
    one(out, "chunk_bytes", "gauge", "Bytes of the models' chunks.", models.chunkBytes());
    one(
        out,
        "learner_bytes",
        "gauge",
        "Heap bytes of learners ready to predict.",
        models.liveBytes());
    one(out, "restores_total", "counter", "Learners made of chunks.", models.restores());
    final ModelFeed.State state = feed.state();
    one(
        out,
        "damaged_models_total",
        "counter",
        "Published models that could not be read.",
        models.damaged());
    one(
        out,
        "incomplete_models",
        "gauge",
        "Models that stay as they were until they are published again.",
        state.incomplete());
    one(
        out,
        "left_out_models",
        "gauge",
        "Models that are not served because they do not fit into memory.",
        state.leftOut());
    one(
        out,
        "waiting_records",
        "gauge",
        "Records of a checkpoint that not all subtasks have ended.",
        state.waiting());
    one(out, "refused_records_total", "counter", "Records that are no model's.", state.refused());
    one(out, "ready", "gauge", "1 when the models are read.", feed.isReady() ? 1 : 0);
    freshness(out, state.last());
    return out.toString();
  }

  private void latency(final StringBuilder out) {
    head(out, "request_seconds", "histogram", "From a request's last byte to its answer.");
    long sum = 0;
    for (int i = 0; i < buckets.length; i++) {
      sum += buckets[i].sum();
      out.append("braid_serve_request_seconds_bucket{le=\"")
          .append(i < SECONDS.length ? Double.toString(SECONDS[i]) : "+Inf")
          .append("\"} ")
          .append(sum)
          .append('\n');
    }
    out.append(
        String.format(Locale.ROOT, "braid_serve_request_seconds_sum %.6f%n", nanos.sum() / 1e9));
    out.append("braid_serve_request_seconds_count ").append(sum).append('\n');
  }

  private static void freshness(final StringBuilder out, final CheckpointEnd last) {
    if (last == null) {
      return;
    }
    head(out, "age_seconds", "gauge", "Since the checkpoint that the models are of.");
    out.append(
        String.format(
            Locale.ROOT,
            "braid_serve_age_seconds %.3f%n",
            Math.max(0, System.currentTimeMillis() - last.time()) / 1e3));
    if (last.moment().checkpoint() != Moment.END) {
      one(out, "checkpoint", "gauge", "Its number.", last.moment().checkpoint());
    }
  }

  private static void one(
      final StringBuilder out,
      final String name,
      final String type,
      final String help,
      final long value) {
    head(out, name, type, help);
    out.append("braid_serve_").append(name).append(' ').append(value).append('\n');
  }

  private static void head(
      final StringBuilder out, final String name, final String type, final String help) {
    out.append("# HELP braid_serve_").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE braid_serve_").append(name).append(' ').append(type).append('\n');
  }
}
