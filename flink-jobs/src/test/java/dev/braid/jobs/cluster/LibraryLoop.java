package dev.braid.jobs.cluster;

import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import java.util.Locale;

/** The learner as a plain library: reads a stream, predicts and learns, and does nothing else. */
final class LibraryLoop {
  private LibraryLoop() {}

  /**
   * Arguments: stream, rows, learner as text, and threads if it is to use several. Prints rows a
   * second of the last nine tenths, and of the last half.
   */
  public static void main(final String[] args) {
    final long rows = Long.parseLong(args[1]);
    final StreamSpec stream = ClusterFigures.stream(args[0]);
    final Prediction prediction = new Prediction();
    try (InstanceSource source = stream.open(1, rows)) {
      final LearnerSpec spec = LearnerSpec.parse(args[2], 1);
      final Learner learner =
          args.length > 3
              ? Presets.openParallel(spec, source.schema(), Integer.parseInt(args[3]))
              : Presets.open(spec, source.schema());
      long n = 0;
      long begin = 0;
      long middle = 0;
      for (Instance instance = source.next(); instance != null; instance = source.next()) {
        learner.testThenTrain(instance.x(), instance.label(), prediction);
        n++;
        if (n == rows / 10) {
          begin = System.nanoTime();
        }
        if (n == rows / 2) {
          middle = System.nanoTime();
        }
      }
      final long end = System.nanoTime();
      System.out.printf(
          Locale.ROOT,
          "%.1f %.1f%n",
          (n - rows / 10) / ((end - begin) / 1e9),
          (n - rows / 2) / ((end - middle) / 1e9));
    }
  }
}
