package dev.braid.benchmarks.harness;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import dev.braid.experts.Probabilities;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * What people use on streams who have no stream learner: XGBoost (Chen and Guestrin, KDD 2016),
 * trained anew every so many labels on the last ones, on one thread. Until it is trained for the
 * first time it says how often each class came.
 *
 * <p>The events of a chunk that the model of now is to predict are handed to it together, as one
 * would in practice: each call costs far more than an event.
 */
final class XgboostContestant implements Contestant<XgboostContestant.Row> {
  private static final String EVERY = "every";
  private static final String WINDOW = "window";
  private static final String ROUNDS = "rounds";
  private static final String DEPTH = "depth";
  private static final String ETA = "eta";

  static final Peer PEER =
      new Peer(
          "xgboost",
          "XGBoost, trained anew every so many labels on a window of the last ones.",
          List.of(
              new Option(EVERY, "1000", "Labels from one training to the next, 1 or more."),
              new Option(WINDOW, "20000", "Labelled events that it is trained on, 1 or more."),
              new Option(ROUNDS, "100", "Trees per class, 1 or more."),
              new Option(DEPTH, "6", "Levels of a tree, 1 to 30."),
              new Option(ETA, "0.1", "Step size, above 0 to 1.")),
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

  private final int every;
  private final int window;
  private final int rounds;
  private final Map<String, Object> parameters = new HashMap<>();
  private final Deque<Row> learned = new ArrayDeque<>();
  // Encoded and not predicted yet, in order.
  private final Deque<Row> coming = new ArrayDeque<>();

  private Schema schema;
  private String[] types;
  private long labels;
  private double[] frequencies;
  private double[] votes = new double[0];
  private Booster booster;
  private int models;
  private int classesOfModel;
  private int featuresOfModel;

  XgboostContestant(final Options options, final long seed, final Schema schema) {
    every = options.integer(EVERY, 1, Integer.MAX_VALUE);
    window = options.integer(WINDOW, 1, 1 << 24);
    rounds = options.integer(ROUNDS, 1, 100_000);
    parameters.put("max_depth", options.integer(DEPTH, 1, 30));
    parameters.put("eta", options.real(ETA, Double.MIN_NORMAL, 1));
    parameters.put("tree_method", "hist");
    parameters.put("nthread", 1);
    parameters.put("seed", seed);
    parameters.put("verbosity", 0);
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
    if (booster == null) {
      votes = frequencies;
    } else {
      if (row.model != models) {
        predictComing();
      }
      spread(row.said);
    }
    coming.removeFirst();
    return Probabilities.argMax(votes);
  }

  /** One number means two classes. */
  private void spread(final float[] said) {
    if (votes == frequencies || votes.length != classesOfModel) {
      votes = new double[classesOfModel];
    }
    for (int c = 0; c < classesOfModel; c++) {
      votes[c] = said.length > 1 ? said[c] : c == 1 ? said[0] : 1 - said[0];
    }
  }

  private void predictComing() {
    final List<Row> rows = new ArrayList<>(coming);
    try {
      final DMatrix matrix = matrix(rows);
      final float[][] said = booster.predict(matrix);
      matrix.dispose();
      for (int r = 0; r < said.length; r++) {
        rows.get(r).said = said[r];
        rows.get(r).model = models;
      }
    } catch (final XGBoostError e) {
      throw new IllegalStateException("XGBoost cannot predict", e);
    }
  }

  /** Features that came after the model was trained are left out, those before are missing. */
  private DMatrix matrix(final List<Row> rows) throws XGBoostError {
    final float[] flat = new float[Math.multiplyExact(rows.size(), featuresOfModel)];
    int at = 0;
    for (final Row row : rows) {
      for (int f = 0; f < featuresOfModel; f++) {
        flat[at++] = f < row.x.length ? row.x[f] : Float.NaN;
      }
    }
    final DMatrix matrix = new DMatrix(flat, rows.size(), featuresOfModel, Float.NaN);
    matrix.setFeatureTypes(Arrays.copyOf(types, featuresOfModel));
    return matrix;
  }

  @Override
  public double[] votes() {
    return votes;
  }

  @Override
  public void learn(final Row row) {
    if (row.label >= frequencies.length) {
      frequencies = Arrays.copyOf(frequencies, row.label + 1);
    }
    frequencies[row.label]++;
    learned.addLast(row);
    if (learned.size() > window) {
      learned.removeFirst();
    }
    if (++labels % every == 0) {
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
    featuresOfModel = types.length;
    final boolean two = classesOfModel == 2;
    parameters.put("objective", two ? "binary:logistic" : "multi:softprob");
    parameters.put("num_class", two ? 1 : classesOfModel);
    try {
      final DMatrix matrix = matrix(rows);
      matrix.setLabel(target);
      final Booster next = XGBoost.train(matrix, parameters, rounds, new HashMap<>(), null, null);
      matrix.dispose();
      if (booster != null) {
        booster.dispose();
      }
      booster = next;
      models++;
    } catch (final XGBoostError e) {
      throw new IllegalStateException("XGBoost cannot be trained", e);
    }
  }

  /** The model as XGBoost writes it, and the window. */
  @Override
  public long sizeBytes() {
    long bytes = (long) learned.size() * (24 + 4L * types.length);
    try {
      bytes += booster == null ? 0 : booster.toByteArray("ubj").length;
    } catch (final XGBoostError e) {
      throw new IllegalStateException("XGBoost's model cannot be weighed", e);
    }
    return bytes;
  }
}
