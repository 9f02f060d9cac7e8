package dev.braid.benchmarks.harness;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * A model of XGBoost's (Chen and Guestrin, KDD 2016) that is trained anew whenever it is asked to,
 * on one thread.
 */
public final class XgboostModel {
  private static final String EVERY = "every";
  private static final String WINDOW = "window";
  private static final String ROUNDS = "rounds";
  private static final String DEPTH = "depth";
  private static final String ETA = "eta";

  /** What can be chosen. */
  public static final List<Option> OPTIONS =
      List.of(
          new Option(EVERY, "1000", "Labels from one training to the next, 1 or more."),
          new Option(WINDOW, "20000", "Labelled events that it is trained on, 1 or more."),
          new Option(ROUNDS, "100", "Trees per class, 1 or more."),
          new Option(DEPTH, "6", "Levels of a tree, 1 to 30."),
          new Option(ETA, "0.1", "Step size, above 0 to 1."));

  private final int every;
  private final int window;
  private final int rounds;
  private final Map<String, Object> parameters = new HashMap<>();
  private Booster booster;
  private int version;
  private String[] types;

  /** An untrained one. */
  public XgboostModel(final Options options, final long seed) {
    every = options.integer(EVERY, 1, Integer.MAX_VALUE);
    window = options.integer(WINDOW, 1, 1 << 24);
    rounds = options.integer(ROUNDS, 1, 100_000);
    parameters.put("max_depth", options.integer(DEPTH, 1, 30));
    parameters.put("eta", options.real(ETA, Double.MIN_NORMAL, 1));
    parameters.put("tree_method", "hist");
    parameters.put("nthread", 1);
    parameters.put("seed", seed);
    parameters.put("verbosity", 0);
  }

  /** Labels from one training to the next. */
  public int every() {
    return every;
  }

  /** Labelled events that it is to be trained on. */
  public int window() {
    return window;
  }

  /** How often it was trained; before the first time it cannot predict. */
  public int version() {
    return version;
  }

  /**
   * Trains a model in the place of the one before.
   *
   * @param rows shape [events][features]; a shorter row misses the last ones
   * @param targets shape [events]
   * @param featureTypes of each feature {@code c} where it is nominal, else {@code q}
   * @param objective what is minimised, as XGBoost's parameters have it
   */
  public void train(
      final List<float[]> rows,
      final float[] targets,
      final String[] featureTypes,
      final Map<String, Object> objective) {
    types = featureTypes.clone();
    final Map<String, Object> all = new HashMap<>(parameters);
    all.putAll(objective);
    try {
      final DMatrix matrix = matrix(rows);
      matrix.setLabel(targets);
      final Booster next = XGBoost.train(matrix, all, rounds, new HashMap<>(), null, null);
      matrix.dispose();
      if (booster != null) {
        booster.dispose();
      }
      booster = next;
      version++;
    } catch (final XGBoostError e) {
      throw new IllegalStateException("XGBoost cannot be trained", e);
    }
  }

  /**
   * What it says of events.
   *
   * @param rows shape [events][features]
   * @return shape [events][outputs]
   */
  public float[][] predict(final List<float[]> rows) {
    try {
      final DMatrix matrix = matrix(rows);
      final float[][] said = booster.predict(matrix);
      matrix.dispose();
      return said;
    } catch (final XGBoostError e) {
      throw new IllegalStateException("XGBoost cannot predict", e);
    }
  }

  /** Features that came after the model was trained are left out, those before are missing. */
  private DMatrix matrix(final List<float[]> rows) throws XGBoostError {
    final float[] flat = new float[Math.multiplyExact(rows.size(), types.length)];
    int at = 0;
    for (final float[] row : rows) {
      for (int f = 0; f < types.length; f++) {
        flat[at++] = f < row.length ? row[f] : Float.NaN;
      }
    }
    final DMatrix matrix = new DMatrix(flat, rows.size(), types.length, Float.NaN);
    matrix.setFeatureTypes(Arrays.copyOf(types, types.length));
    return matrix;
  }

  /** Bytes of the model as XGBoost writes it. */
  public long sizeBytes() {
    try {
      return booster == null ? 0 : booster.toByteArray("ubj").length;
    } catch (final XGBoostError e) {
      throw new IllegalStateException("XGBoost's model cannot be weighed", e);
    }
  }
}
