package dev.braid.jobs.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A day of what a job told, in bounded memory: per model up to {@link #POINTS} metrics records and
 * a few hundred changes, spread evenly over the time; fewer where they would take more than {@link
 * #MOST_BYTES} together; of more than {@link #MOST_MODELS} models those that told something last.
 * Thread-safe.
 */
final class LiveStore {
  static final int POINTS = 1_440;
  static final long MOST_BYTES = 64L << 20;
  static final int MOST_MODELS = 10_000;
  static final Duration SPAN = Duration.ofDays(1);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long RATE_MILLIS = 60_000;

  /** In the order in which they told something last. */
  private final Map<String, ModelHistory> models = new LinkedHashMap<>();

  private final DeadLetterCounts deadLetters = new DeadLetterCounts();
  private final Deque<long[]> rates = new ArrayDeque<>();
  private final long mostBytes;
  private final int mostModels;
  private int points = POINTS;

  /** Heap bytes of all records, roughly. */
  private long bytes;

  private long ids;
  private long newest;
  private long malformed;
  private String trouble = "";

  LiveStore() {
    this(MOST_BYTES, MOST_MODELS);
  }

  LiveStore(final long mostBytes, final int mostModels) {
    this.mostBytes = mostBytes;
    this.mostModels = mostModels;
  }

  /**
   * Takes in a record of a model.
   *
   * @param kind {@code metrics} or {@code drift}
   * @param key name of the field that holds the model's key
   * @param timestamp name of the field that holds the event's time
   * @param at when it was written
   * @param json the record; what is no JSON object is counted, and left out
   */
  synchronized void record(
      final String kind,
      final String key,
      final String timestamp,
      final long at,
      final byte[] json) {
    final JsonNode record = parse(json);
    if (record == null || !record.isObject()) {
      malformed++;
      return;
    }
    final ObjectNode data = JSON.createObjectNode();
    data.put("at", at);
    data.set("ts", record.path(timestamp));
    data.set("record", record);
    final Item item = new Item(++ids, kind, at, data.toString());
    final ModelHistory model = touch(record.path(key).asText());
    final long before = model.bytes();
    if (kind.equals("metrics")) {
      final long known = model.last() == null ? 0 : model.last().path("events").asLong();
      rates.add(new long[] {at, Math.max(0, record.path("events").asLong() - known)});
      model.metrics(item, record);
    } else {
      model.drift(item, record.path("kind").asText().equals("alarm"));
    }
    newest = Math.max(newest, at);
    model.expire(newest - SPAN.toMillis());
    bytes += model.bytes() - before;
    keepWithin();
    notifyAll();
  }

  private static JsonNode parse(final byte[] json) {
    try {
      return json == null ? null : JSON.readTree(json);
    } catch (final IOException malformed) {
      return null;
    }
  }

  private ModelHistory touch(final String key) {
    ModelHistory model = models.remove(key);
    if (model == null) {
      model = new ModelHistory(key, points);
    }
    models.put(key, model);
    return model;
  }

  private void keepWithin() {
    while (models.size() > mostModels) {
      final Iterator<ModelHistory> oldest = models.values().iterator();
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
    while (bytes > mostBytes && points > 2) {
      points /= 2;
      bytes = 0;
      for (final ModelHistory model : models.values()) {
        model.atMost(points);
        bytes += model.bytes();
      }
    }
    while (!rates.isEmpty() && rates.peek()[0] < newest - RATE_MILLIS) {
      rates.remove();
    }
  }

  synchronized void deadLetter(final String reason) {
    deadLetters.add(reason);
  }

  /** What keeps new records from coming; empty for nothing. */
  synchronized void trouble(final String what) {
    trouble = what;
    notifyAll();
  }

  /**
   * A model's records after one, in the order of arrival; waits for a while if there are none.
   *
   * @param key of the model, or null for none
   */
  synchronized List<Item> await(final String key, final long after, final long millis)
      throws InterruptedException {
    final long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    List<Item> found = after(key, after);
    for (long left = millis; found.isEmpty() && left > 0; ) {
      wait(left);
      found = after(key, after);
      left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    }
    return found;
  }

  private List<Item> after(final String key, final long after) {
    final ModelHistory model = key == null ? null : models.get(key);
    return model == null ? List.of() : model.after(after);
  }

  /** What concerns all models, as one JSON object. */
  synchronized String status() {
    final ObjectNode status = JSON.createObjectNode();
    status.put("now", System.currentTimeMillis());
    status.put("trouble", trouble);
    status.put("models", models.size());
    status.put("newest", newest);
    status.put("malformed", malformed);
    status.put("rate", rate());
    status.put("dead_letters", deadLetters.total());
    final ObjectNode reasons = status.putObject("reasons");
    deadLetters.byReason().forEach(reasons::put);
    return status.toString();
  }

  /** Events a second over the last minute of records, of all models. */
  private double rate() {
    final long[] first = rates.peek();
    if (first == null || newest == first[0]) {
      return 0;
    }
    final long events = rates.stream().mapToLong(rate -> rate[1]).sum() - first[1];
    return events * 1e3 / (newest - first[0]);
  }

  /**
   * Models by what they did in their last interval, the worst first, as one JSON object.
   *
   * @param search what their key has in it, in either case
   * @param most to list
   */
  synchronized String models(final String search, final int most) throws JsonProcessingException {
    final String wanted = search.toLowerCase(Locale.ROOT);
    final List<ModelHistory> matching =
        models.values().stream()
            .filter(model -> model.key().toLowerCase(Locale.ROOT).contains(wanted))
            .sorted(ModelHistory.WORST_FIRST)
            .toList();
    final ObjectNode answer = JSON.createObjectNode();
    answer.put("total", models.size());
    answer.put("matching", matching.size());
    final var list = answer.putArray("models");
    for (final ModelHistory model : matching.subList(0, Math.min(most, matching.size()))) {
      final ObjectNode one = list.addObject();
      one.put("key", model.key());
      for (final String figure : List.of("events", "drifts", "window_accuracy", "window_mae")) {
        if (model.last() != null && model.last().hasNonNull(figure)) {
          one.set(figure, model.last().get(figure));
        }
      }
    }
    return JSON.writeValueAsString(answer);
  }
}
