package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.config.JobConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hundred thousand malformed records among good ones, through Kafka and the whole job. */
@Timeout(300)
class MalformedRecordsTest {
  private static final int OF_EACH_KIND = 6_000;
  private static final int CLASSES = 12;
  private static final int UNSEEN_CLASSES = 1_000;
  private static final int HUGE = 3;

  @TempDir static Path folder;

  @Test
  void everyRecordIsPredictedOrADeadLetterAndTheJobNeverStops() throws Exception {
    try (Rig rig = Rig.start(folder)) {
      final JobConfig config =
          rig.config(
              "fuzz",
              "fuzz-events",
              "limits.classes",
              "" + CLASSES,
              "limits.nominal-values",
              "40",
              "state.deduplicate-for",
              "1 h",
              "checkpoints.interval",
              "2 s");
      final JobClient job = rig.run(config, null);
      final List<String> good = new ArrayList<>();
      int predicted = 0;
      int dead = 0;
      int sent = 0;
      for (int i = 0; i < OF_EACH_KIND; i++) {
        // A good one first, so that the model knows its features.
        rig.send("fuzz-events", Rows.event(i, ""));
        good.add("e" + i);
        sent++;
        for (final MalformedRecords kind : MalformedRecords.values()) {
          rig.send("fuzz-events", kind.record(i));
          sent++;
          predicted += kind.outcome == MalformedRecords.Outcome.PREDICTED ? 1 : 0;
          dead += kind.outcome == MalformedRecords.Outcome.DEAD_LETTER ? 1 : 0;
        }
      }
      for (int i = 0; i < UNSEEN_CLASSES; i++) {
        rig.send("fuzz-events", MalformedRecords.unseenClass(i));
      }
      for (int i = 0; i < HUGE; i++) {
        rig.send("fuzz-events", MalformedRecords.huge(i));
      }
      rig.send("fuzz-events", Rows.event(OF_EACH_KIND, ""));
      good.add("e" + OF_EACH_KIND);
      rig.flush();
      // The model knows high and low; the others are learned until there is no room.
      predicted += good.size() + CLASSES - 2;
      dead += UNSEEN_CLASSES - (CLASSES - 2) + HUGE;
      sent += UNSEEN_CLASSES + HUGE + 1;
      assertTrue(sent - good.size() > 100_000);

      rig.await("fuzz-dead-letters", dead);
      rig.await("fuzz-predictions", predicted);
      assertEquals(0, rig.restarts(job));
      rig.stop(job);

      final List<String> ids = Rows.ids(rig.read("fuzz-predictions"));
      assertEquals(predicted, ids.size());
      final Set<String> single = new HashSet<>(ids);
      assertEquals(ids.size(), single.size());
      assertTrue(single.containsAll(good));
      final List<ConsumerRecord<byte[], byte[]>> letters = rig.records("fuzz-dead-letters");
      assertEquals(sent, ids.size() + letters.size());
      for (final ConsumerRecord<byte[], byte[]> letter : letters) {
        assertNotNull(letter.headers().lastHeader("reason"));
        assertEquals(
            "fuzz-events",
            new String(letter.headers().lastHeader("topic").value(), StandardCharsets.UTF_8));
      }
      for (int i = 0; i < HUGE; i++) {
        final byte[] huge = MalformedRecords.huge(i);
        assertTrue(letters.stream().anyMatch(letter -> Arrays.equals(huge, letter.value())));
      }
    }
  }
}
