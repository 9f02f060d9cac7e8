package dev.braid.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.connectors.stream.StreamOptions;
import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.evaluation.PrequentialEvaluator;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.PoolEvent;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The preset {@code tame} on tasks over handwritten digits that come again. */
class TameTasksTest {

  @ParameterizedTest
  @CsvSource({
    "mnist_split, 5, 900, 0.90",
    "mnist_permuted, 3, 1100, 0.80",
    "mnist_rotated, 4, 1250, 0.77"
  })
  void opensOneExpertPerTaskAndRecognisesEveryTaskThatReturns(
      final String name, final int tasks, final int visit, final double accuracy) {
    final Path folder = Path.of(System.getProperty("braid.data", "none"));
    assumeTrue(
        Files.exists(folder.resolve("mnist10k.csv.xz")), () -> "no mnist10k.csv.xz in " + folder);
    final StreamSpec stream = StreamSpec.parse(name, StreamOptions.DEFAULT.withData(folder));
    final List<String> expected = new ArrayList<>();
    for (int v = 1; v <= stream.driftPoints(-1).size(); v++) {
      // Said in the first fifth of the visit.
      final String expert = " replay-network-" + (v % tasks + 1);
      expected.add((v < tasks ? "OPENED" : "SWITCHED") + expert + " in visit " + v);
    }
    final List<String> told = new ArrayList<>();
    final PrequentialEvaluator evaluator = new PrequentialEvaluator();
    try (InstanceSource source = stream.open(1, -1)) {
      final Learner learner = Presets.open(LearnerSpec.of("tame", 1), source.schema());
      final Prediction prediction = new Prediction();
      int t = 0;
      for (Instance event = source.next(); event != null; event = source.next(), t++) {
        learner.testThenTrain(event.x(), event.label(), prediction);
        evaluator.add(prediction.label(), event.label());
        for (final PoolEvent change : learner.drainPoolEvents()) {
          final String when = t % visit < visit / 5 ? " in visit " + t / visit : " late";
          told.add(change.kind() + " " + change.expert() + when);
        }
      }
    }
    assertEquals(expected, told);
    assertTrue(evaluator.accuracy() > accuracy, () -> "accuracy " + evaluator.accuracy());
  }
}
