package dev.braid.jobs.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class LiveStoreTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long DAY = LiveStore.SPAN.toMillis();

  private static byte[] utf8(final String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void metrics(
      final LiveStore store, final String key, final long at, final double accuracy) {
    store.record(
        "metrics",
        "key",
        "ts",
        at,
        utf8(
            "{\"key\":\"%s\",\"ts\":1,\"events\":%d,\"window_accuracy\":%s,\"padding\":\"%s\"}"
                .formatted(key, at, accuracy, "x".repeat(200))));
  }

  private static List<String> keys(final LiveStore store, final String search, final int most)
      throws Exception {
    final JsonNode models = JSON.readTree(store.models(search, most)).path("models");
    return StreamSupport.stream(models.spliterator(), false)
        .map(model -> model.path("key").asText())
        .toList();
  }

  @Test
  void aDayOfPointsIsAnEvenSelectionWithTheLastOne() throws Exception {
    final LiveStore store = new LiveStore();
    for (long at = 0; at <= 2 * DAY; at += 10_000) {
      metrics(store, "a", at, 0.5);
    }
    final List<Item> kept = store.await("a", 0, 0);
    assertTrue(kept.size() > 500 && kept.size() <= LiveStore.POINTS, "points: " + kept.size());
    assertEquals(2 * DAY, kept.get(kept.size() - 1).at());
    assertTrue(kept.get(0).at() >= DAY && kept.get(0).at() < DAY + 400_000);
    for (int i = 1; i < kept.size(); i++) {
      assertTrue(kept.get(i).at() - kept.get(i - 1).at() < 400_000, "a gap at point " + i);
    }
  }

  @Test
  void manyModelsTakeNoMoreThanTheBoundAndTheLastToTellSomethingStay() throws Exception {
    final LiveStore store = new LiveStore(1 << 20, 1_000);
    for (int i = 0; i < 40_000; i++) {
      metrics(store, "m" + i % 2_000, i, 0.5);
    }
    long bytes = 0;
    for (final String key : keys(store, "", 1_000)) {
      bytes += store.await(key, 0, 0).stream().mapToLong(Item::bytes).sum();
    }
    assertTrue(bytes > 1 << 18 && bytes <= 1 << 20, "bytes: " + bytes);
    assertEquals(1_000, JSON.readTree(store.models("", 1)).path("total").asInt());
    assertEquals(1, store.await("m1999", 39_998, 0).size());
  }

  @Test
  void theWorstModelsComeFirstAndASearchFindsKeysInEitherCase() throws Exception {
    final LiveStore store = new LiveStore();
    metrics(store, "Good", 1, 0.9);
    metrics(store, "bad", 2, 0.2);
    metrics(store, "middle", 3, 0.5);
    store.record("drift", "key", "ts", 4, utf8("{\"key\":\"unknown\",\"kind\":\"opened\"}"));

    assertEquals(List.of("bad", "middle", "Good", "unknown"), keys(store, "", 10));
    assertEquals(List.of("bad", "middle"), keys(store, "", 2));
    assertEquals(
        List.of("middle", "Good"),
        keys(store, "D", 10).stream().filter(k -> !k.equals("bad")).toList());
    assertEquals(List.of("Good"), keys(store, "gOO", 10));
  }

  @Test
  void modelsOfNumbersAreComparedByTheirErrorBesideTheSpreadOfTheirNumbers() throws Exception {
    final LiveStore store = new LiveStore();
    final String record = "{\"key\":\"%s\",\"events\":9,\"window_mae\":%s,\"rmse\":%s,\"r2\":%s}";
    store.record("metrics", "key", "ts", 1, utf8(record.formatted("exact", 0, 0, "null")));
    store.record("metrics", "key", "ts", 2, utf8(record.formatted("large", 900, 1_000, 0.99)));
    store.record("metrics", "key", "ts", 3, utf8(record.formatted("small", 0.5, 0.6, 0.5)));
    store.record("metrics", "key", "ts", 4, utf8(record.formatted("constant", 0.1, 0.1, "null")));

    assertEquals(List.of("constant", "small", "large", "exact"), keys(store, "", 10));
    assertEquals(
        0.5, JSON.readTree(store.models("small", 1)).at("/models/0/window_mae").asDouble());
  }

  @Test
  void replacementsPushNoAlarmOut() throws Exception {
    final LiveStore store = new LiveStore();
    store.record("drift", "key", "ts", 0, utf8("{\"key\":\"a\",\"kind\":\"alarm\"}"));
    for (int i = 1; i < 5_000; i++) {
      store.record("drift", "key", "ts", i, utf8("{\"key\":\"a\",\"kind\":\"replaced\"}"));
    }
    final List<Item> kept = store.await("a", 0, 0);
    assertTrue(kept.get(0).data().contains("alarm"));
    assertTrue(kept.size() <= 301, "changes: " + kept.size());
  }

  @Test
  void whatIsNoRecordIsCountedAndHarmless() throws Exception {
    final LiveStore store = new LiveStore();
    for (final String text : List.of("", "nothing", "[1]", "3", "{\"key\":")) {
      store.record("metrics", "key", "ts", 0, utf8(text));
    }
    store.record("metrics", "key", "ts", 0, null);
    assertEquals(6, JSON.readTree(store.status()).path("malformed").asInt());
    assertEquals(0, JSON.readTree(store.status()).path("models").asInt());
  }

  @Test
  void eventsASecondAreThoseOfAllModels() throws Exception {
    final LiveStore store = new LiveStore();
    for (int second = 0; second <= 10; second++) {
      for (final String key : List.of("a", "b")) {
        final String record = "{\"key\":\"%s\",\"events\":%d}".formatted(key, 100 * second);
        store.record("metrics", "key", "ts", 1_000L * second, utf8(record));
      }
    }
    assertEquals(200, JSON.readTree(store.status()).path("rate").asDouble(), 1e-9);
  }

  @Test
  void deadLettersAreCountedByReasonWithoutNamesAndNumbers() {
    assertEquals(
        "feature '…' is '…', only finite numbers are allowed",
        DeadLetterCounts.kind("feature 'a' is '1e999', only finite numbers are allowed"));
    assertEquals(
        "the record has n bytes, n are allowed",
        DeadLetterCounts.kind("the record has 10485760 bytes, 1048576 are allowed"));
    final DeadLetterCounts counts = new DeadLetterCounts();
    for (int i = 0; i < 1_000; i++) {
      counts.add("duplicate id 'e" + i + "'");
      counts.add("x".repeat(i % 100 + 1));
    }
    assertEquals(2_000, counts.total());
    assertTrue(counts.byReason().size() <= 51);
    assertEquals("duplicate id '…'", counts.byReason().keySet().iterator().next());
    assertEquals(2_000, counts.byReason().values().stream().mapToLong(n -> n).sum());
  }
}
