package dev.braid.router;

import dev.braid.data.Target;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * Names the class that is best for the {@link Objective}. How frequent classes are is counted over
 * the last ten thousand labels or so, whatever the objective, so that it may change.
 */
final class ClassDecision extends Calibration {
  /** By how much a label counts more than the one before it. */
  private static final double GROWTH = 1 + 1e-4;

  /** Counts are brought down to size beyond this. */
  private static final double LARGEST = 1e100;

  private final Objective objective;
  private double[] counts;
  private double unit = 1;
  private double[] costs;

  ClassDecision(final Target target, final Objective objective) {
    this.objective = objective;
    counts = new double[target.width()];
    costs = costs(target);
  }

  private double[] costs(final Target target) {
    return objective.costs().isEmpty() ? new double[0] : objective.matrix(target);
  }

  @Override
  void grow(final Target target) {
    counts = Arrays.copyOf(counts, target.width());
    costs = costs(target);
  }

  @Override
  void finish(final Prediction out) {
    if (objective.isAccuracy()) {
      return;
    }
    final double[] probabilities = out.probabilities();
    int best = -1;
    double least = 0;
    for (int c = 0; c < probabilities.length; c++) {
      final double cost =
          objective.balanced() ? -probabilities[c] / (counts[c] + unit) : cost(probabilities, c);
      if (best < 0 || cost < least) {
        best = c;
        least = cost;
      }
    }
    out.name(best);
  }

  private double cost(final double[] probabilities, final int named) {
    double cost = 0;
    for (int truth = 0; truth < probabilities.length; truth++) {
      cost += probabilities[truth] * costs[truth * probabilities.length + named];
    }
    return cost;
  }

  @Override
  void learn(final double target, final Prediction then, final double now) {
    counts[(int) target] += unit;
    unit *= GROWTH;
    if (unit > LARGEST) {
      for (int c = 0; c < counts.length; c++) {
        counts[c] /= unit;
      }
      unit = 1;
    }
  }

  @Override
  long sizeBytes() {
    return 64 + 8L * (counts.length + costs.length);
  }

  /** Layout: weight of the next label, counts of the classes. */
  @Override
  void write(final ImageWriter out) {
    out.putDouble(unit).putDoubles(counts, counts.length);
  }

  @Override
  void read(final ImageReader in) {
    unit = in.getDouble();
    final double[] read = in.getDoubles();
    if (!(unit >= 1 && unit <= LARGEST) || read.length != counts.length) {
      throw new MalformedImageException("the counts of the classes are damaged");
    }
    ImageReader.requireIn(read, 0, 2 * LARGEST / (GROWTH - 1), "count of a class");
    counts = read;
  }
}
