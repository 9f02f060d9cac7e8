package dev.braid.benchmarks.harness;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import dev.braid.experts.Probabilities;
import dev.braid.spec.Options;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * What people use on streams who have no stream learner: XGBoost (Chen and Guestrin, KDD 2016),
 * trained anew every so many labels on the last ones, on one thread. Until it is trained for the
 * first time it says how often each class came.
 *
 * <p>The events of a chunk that the model of now is to predict are handed to it together, as one
 * would in practice: each call costs far more than an event.
 */
final class XgboostContestant implements Contestant<XgboostContestant.Row> {
  static final Peer PEER =
      new Peer(
          "xgboost",
          "XGBoost, trained anew every so many labels on a window of the last ones.",
          XgboostModel.OPTIONS,
          XgboostContestant::new);

  /** An event: its features, its label or -1, and what a model said of it. */
  static final class Row {
    private final float[] x;
    private final int label;
    private int model = -1;
    private float[] said;

    private Row(final float[] x, final int label) {
      this.x = x;
      this.label = label;
    }
  }

  private final XgboostModel model;
  private final Deque<Row> learned = new ArrayDeque<>();
  // Encoded and not predicted yet, in order.
  private final Deque<Row> coming = new ArrayDeque<>();

  private Schema schema;
  private String[] types;
  private long labels;
  private double[] frequencies;
  private double[] prediction = new double[0];
  private int classesOfModel;

  XgboostContestant(final Options options, final long seed, final Schema schema) {
    model = new XgboostModel(options, seed);
    follow(schema);
    frequencies = new double[schema.classCount()];
  }

  private void follow(final Schema current) {
    schema = current;
    types = new String[current.featureCount()];
    for (int f = 0; f < types.length; f++) {
      final Feature feature = current.features().get(f);
      types[f] = feature.isNominal() ? "c" : "q";
    }
  }

  // A source hands out the same object until its schema grows.
  @SuppressWarnings("ReferenceEquality")
  @Override
  public Row encode(final Instance instance, final Schema current) {
    if (current != schema) {
      follow(current);
    }
    final float[] x = new float[instance.x().length];
    for (int f = 0; f < x.length; f++) {
      x[f] = (float) instance.x()[f];
    }
    final Row row = new Row(x, instance.label());
    coming.addLast(row);
    return row;
  }

  @Override
  public int predict(final Row row) {
    if (model.version() == 0) {
      prediction = frequencies;
    } else {
      if (row.model != model.version()) {
        predictComing();
      }
      spread(row.said);
    }
    coming.removeFirst();
    return Probabilities.argMax(prediction);
  }

  /** One number means two classes. */
  private void spread(final float[] said) {
    if (prediction == frequencies || prediction.length != classesOfModel) {
      prediction = new double[classesOfModel];
    }
    for (int c = 0; c < classesOfModel; c++) {
      prediction[c] = said.length > 1 ? said[c] : c == 1 ? said[0] : 1 - said[0];
    }
  }

  private void predictComing() {
    final List<Row> rows = new ArrayList<>(coming);
    final float[][] said = model.predict(rows.stream().map(row -> row.x).toList());
    for (int r = 0; r < said.length; r++) {
      rows.get(r).said = said[r];
      rows.get(r).model = model.version();
    }
  }

  @Override
  public double[] prediction() {
    return prediction;
  }

  @Override
  public void learn(final Row row) {
    if (row.label >= frequencies.length) {
      frequencies = Arrays.copyOf(frequencies, row.label + 1);
    }
    frequencies[row.label]++;
    learned.addLast(row);
    if (learned.size() > model.window()) {
      learned.removeFirst();
    }
    if (++labels % model.every() == 0) {
      train();
    }
  }

  private void train() {
    if (frequencies.length < 2) {
      return;
    }
    final List<Row> rows = new ArrayList<>(learned);
    final float[] target = new float[rows.size()];
    for (int r = 0; r < target.length; r++) {
      target[r] = rows.get(r).label;
    }
    classesOfModel = frequencies.length;
    final boolean two = classesOfModel == 2;
    model.train(
        rows.stream().map(row -> row.x).toList(),
        target,
        types,
        Map.of(
            "objective",
            two ? "binary:logistic" : "multi:softprob",
            "num_class",
            two ? 1 : classesOfModel));
  }

  /** The model as XGBoost writes it, and the window. */
  @Override
  public long sizeBytes() {
    return model.sizeBytes() + (long) learned.size() * (24 + 4L * types.length);
  }
}
