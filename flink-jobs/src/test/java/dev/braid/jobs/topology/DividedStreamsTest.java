package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.connectors.stream.StreamOptions;
import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.jobs.config.LearnerConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real streams, their schemas growing as they come: 1, 2, 3 and 5 shards on 1 to 4 slots say what
 * whole models say, byte for byte. The long form of {@link DividedModelsTest}; needs {@code
 * -Dbraid.long=true -Dbraid.data=FOLDER}.
 */
@EnabledIfSystemProperty(named = "braid.long", matches = "true")
class DividedStreamsTest {
  private static final int ROWS = Integer.getInteger("braid.rows", 20_000);

  /** Rows between an event and its late label. */
  private static final int LATE = 400;

  @ParameterizedTest
  @CsvSource({
    "elec, 1, false",
    "elec, 1, true",
    "airl, 1, false",
    "airl, 1, true",
    "elec, 7, true",
  })
  void shardsAndSlotsChangeNoByte(final String stream, final int keys, final boolean late)
      throws Exception {
    assumeTrue(System.getProperty("braid.data") != null, "needs the real streams (braid.data)");
    final List<Decoded> records = records(stream, keys, late);
    final LearnerConfig config =
        LearnerConfig.of(Map.of("metrics.every", "500", "drift.detector", "adwin"));
    final Map<String, List<String>> whole = DividedJobs.said(records, config, 0, 1);
    assertEquals(
        ROWS,
        whole.entrySet().stream()
            .filter(kind -> kind.getKey().startsWith("prediction"))
            .mapToInt(kind -> kind.getValue().size())
            .sum());
    assertTrue(whole.keySet().stream().anyMatch(kind -> kind.startsWith("drift")));
    for (final int shards : List.of(1, 2, 3, 5)) {
      for (int slots = 1; slots <= 4; slots++) {
        DividedJobs.assertSame(whole, DividedJobs.said(records, config, shards, slots));
      }
    }
  }

  /** The last features and the late labels come into the stream as it goes. */
  private static List<Decoded> records(final String stream, final int keys, final boolean late) {
    final StreamOptions options =
        StreamOptions.DEFAULT.withData(Path.of(System.getProperty("braid.data")));
    final List<Decoded> records = new ArrayList<>();
    final Deque<LabelRecord> waiting = new ArrayDeque<>();
    try (InstanceSource source = StreamSpec.parse(stream, options).open(1, ROWS)) {
      final List<Feature> features = source.schema().features();
      int row = 0;
      for (Instance instance = source.next(); instance != null; instance = source.next()) {
        final String id = "e" + row;
        final String key = keys == 1 ? "" : "k" + row * 31 % keys;
        final String label = source.schema().classes().get(instance.label());
        final Origin origin = new Origin("t", 0, row, null, id.getBytes(StandardCharsets.UTF_8));
        final boolean withheld = late && row % 3 != 0;
        final int known = row < ROWS / 4 ? features.size() / 2 : features.size();
        records.add(
            event(id, key, row, features, known, instance, withheld ? null : label, origin));
        if (withheld) {
          waiting.add(new LabelRecord(id, key, row, label, origin));
        }
        if (waiting.size() > LATE) {
          records.add(waiting.remove());
        }
        row++;
      }
    }
    records.addAll(waiting);
    return records;
  }

  private static Event event(
      final String id,
      final String key,
      final long timestamp,
      final List<Feature> features,
      final int known,
      final Instance instance,
      final String label,
      final Origin origin) {
    final String[] names = new String[known];
    final double[] numbers = new double[known];
    final String[] texts = new String[known];
    for (int f = 0; f < known; f++) {
      final Feature feature = features.get(f);
      final double value = instance.x()[f];
      names[f] = feature.name();
      numbers[f] = value;
      if (feature.isNominal() && !Double.isNaN(value)) {
        texts[f] = feature.values().get((int) value);
        numbers[f] = Double.NaN;
      }
    }
    return new Event(id, key, timestamp, names, numbers, texts, label, origin);
  }
}
