package dev.braid.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelDelayTest {

  /** Event t has the feature t and the class t modulo 3; every tenth has no label. */
  private static final class Counting implements InstanceSource {
    private final int length;
    private int next;

    Counting(final int length) {
      this.length = length;
    }

    @Override
    public Schema schema() {
      return SCHEMA;
    }

    @Override
    public Instance next() {
      if (next == length) {
        return null;
      }
      final int t = next++;
      return new Instance(new double[] {t}, t % 10 == 9 ? -1 : t % 3);
    }
  }

  private static final Schema SCHEMA = Schema.numeric(1, 3);

  /** Writes down what it is asked to do. */
  private static final class Recorder implements Contestant<Instance> {
    private final List<String> calls = new ArrayList<>();

    @Override
    public Instance encode(final Instance instance, final Schema schema) {
      return instance;
    }

    @Override
    public int predict(final Instance row) {
      calls.add("predict " + (int) row.x()[0]);
      return 0;
    }

    @Override
    public double[] prediction() {
      return new double[] {1, 0, 0};
    }

    @Override
    public void learn(final Instance row) {
      calls.add("learn " + (int) row.x()[0] + " is " + row.label());
    }

    @Override
    public long sizeBytes() {
      return 1;
    }
  }

  private static List<String> calls(final int events, final int delay) {
    final Recorder recorder = new Recorder();
    final Cell cell = new Cell("counting", "recorder", 1, events, delay);
    new Run(new Counting(events), List.of(new Trial<>(cell, recorder, Run.CHUNK, List.of())))
        .run(done -> {});
    return recorder.calls;
  }

  @Test
  void withoutDelayEachEventIsPredictedThenLearned() {
    assertEquals(List.of("predict 0", "learn 0 is 0", "predict 1", "learn 1 is 1"), calls(2, 0));
  }

  @Test
  void aLateLabelMeetsTheFeaturesOfItsOwnEvent() {
    assertEquals(
        List.of(
            "predict 0",
            "predict 1",
            "predict 2",
            "learn 0 is 0",
            "predict 3",
            "learn 1 is 1",
            "predict 4",
            "learn 2 is 2"),
        calls(5, 2));
  }

  @Test
  void anEventWithoutLabelIsPredictedAndNeverLearned() {
    final List<String> calls = calls(30, 3);
    assertEquals(30, calls.stream().filter(call -> call.startsWith("predict")).count());
    assertEquals(0, calls.stream().filter(call -> call.startsWith("learn 9 ")).count());
    assertEquals(1, calls.stream().filter(call -> call.equals("learn 10 is 1")).count());
    assertEquals(
        calls.indexOf("predict 13") + 1,
        calls.indexOf("learn 10 is 1"),
        "an event without label does not shift the labels after it");
  }

  @Test
  void aDelayLongerThanAChunkIsKeptAcrossChunks() {
    final int delay = 2 * Run.CHUNK + 7;
    final List<String> calls = calls(4 * Run.CHUNK, delay);
    assertEquals(calls.indexOf("predict " + (delay + 5)) + 1, calls.indexOf("learn 5 is 2"));
  }

  @Test
  void scoresCountLabelledEventsOnly() {
    final Cell cell = new Cell("counting", "recorder", 1, 100, 0);
    final CellResult result =
        new Run(new Counting(100), List.of(new Trial<>(cell, new Recorder(), Run.CHUNK, List.of())))
            .run(done -> {})
            .get(0);
    assertEquals(100, result.events());
    // The recorder says class 0: 34 multiples of 3 below 100, less 9, 39, 69 and 99 without label.
    assertEquals(30 / 90.0, result.scores().accuracy(), 1e-12);
  }
}
