package dev.braid.benchmarks.numbers;

import dev.braid.benchmarks.harness.XgboostModel;
import dev.braid.data.Schema;
import dev.braid.spec.Options;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * XGBoost over numbers, trained anew every so many labels on a window of the last ones. Until it is
 * trained for the first time it says their mean. Events that are to come it predicts together, as
 * one would in practice: each call costs far more than an event.
 */
final class NumberXgboost implements NumberLearner {
  private static final Map<String, Object> SQUARES = Map.of("objective", "reg:squarederror");

  private final XgboostModel model;
  private final String[] types;
  private final Deque<float[]> rows = new ArrayDeque<>();
  private final Deque<Float> targets = new ArrayDeque<>();
  private final Deque<float[]> coming = new ArrayDeque<>();
  private final Deque<Float> said = new ArrayDeque<>();
  private long labels;
  private double mean;

  NumberXgboost(final Options options, final long seed, final Schema schema) {
    model = new XgboostModel(options, seed);
    types =
        schema.features().stream()
            .map(feature -> feature.isNominal() ? "c" : "q")
            .toArray(String[]::new);
  }

  private static float[] row(final double[] x) {
    final float[] row = new float[x.length];
    for (int f = 0; f < row.length; f++) {
      row[f] = (float) x[f];
    }
    return row;
  }

  @Override
  public void coming(final List<double[]> events) {
    events.forEach(x -> coming.add(row(x)));
  }

  @Override
  public double predict(final double[] x) {
    if (coming.isEmpty()) {
      coming.add(row(x));
    }
    if (model.version() == 0) {
      coming.remove();
      return mean;
    }
    if (said.isEmpty()) {
      for (final float[] one : model.predict(new ArrayList<>(coming))) {
        said.add(one[0]);
      }
    }
    coming.remove();
    return said.remove();
  }

  @Override
  public void learn(final double[] x, final double y) {
    rows.add(row(x));
    targets.add((float) y);
    if (rows.size() > model.window()) {
      rows.remove();
      targets.remove();
    }
    mean += (y - mean) / ++labels;
    if (labels % model.every() == 0) {
      train();
    }
  }

  private void train() {
    final float[] target = new float[targets.size()];
    int at = 0;
    for (final float y : targets) {
      target[at++] = y;
    }
    model.train(new ArrayList<>(rows), target, types, SQUARES);
    said.clear();
  }

  @Override
  public long sizeBytes() {
    return model.sizeBytes() + (long) rows.size() * (28 + 4L * types.length);
  }
}
