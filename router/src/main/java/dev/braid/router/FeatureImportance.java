package dev.braid.router;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.evaluation.ProbabilityEvaluator;
import dev.braid.experts.CounterRandom;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each feature is worth to a learner as a whole: how much its loss rises when an event has the
 * value that another event had there. Incremental permutation feature importance (Fumagalli et al.,
 * "Incremental permutation feature importance (iPFI): towards online explanations on data streams",
 * Machine Learning 2023, section 3), of one feature at a time, at a random few of the events.
 *
 * <p>Changes nothing in the learner. An event that is looked at costs one prediction more; in the
 * state each feature takes 16 bytes. Deterministic given the learner's seed.
 *
 * <p>Call {@link #isDue} for each labelled event, in their order, before the learner learns it. If
 * it is, call {@link #ask}, then {@link #learn} with what the learner said of the event itself.
 */
public final class FeatureImportance {
  /** Events that a feature's figure is about: older ones fade. */
  private static final int MEMORY = 50;

  /** Events that a feature must have been looked at for before it has a figure. */
  private static final int FEWEST = 10;

  private static final long SEED = 0x66696d70;

  private long events;

  // Per feature: a value that it had, the mean rise of the loss, events it was looked at.
  private double[] donors = new double[0];
  private float[] rises = new float[0];
  private int[] looks = new int[0];

  // Of the event looked at.
  private int feature = -1;
  private final Prediction replaced = new Prediction();
  private double[] scratch = new double[0];

  /**
   * Counts a labelled event, and tells whether it is one to be looked at.
   *
   * @param every one event in so many is, on average; 0 for none
   */
  public boolean isDue(final Learner learner, final int every) {
    return every > 0 && CounterRandom.below(every, seed(learner), 2 * events++) == 0;
  }

  /** Other numbers than those that the learner draws. */
  private static long seed(final Learner learner) {
    return CounterRandom.bits(learner.spec().seed(), SEED);
  }

  /**
   * Has the learner predict the event with another event's value in one feature.
   *
   * @param x the event; not changed
   */
  public void ask(final Learner learner, final double[] x) {
    feature = -1;
    if (x.length == 0) {
      return;
    }
    grow(x.length);
    feature = CounterRandom.below(x.length, seed(learner), 2 * events + 1);
    if (looks[feature] == 0) {
      return;
    }
    if (scratch.length != x.length) {
      scratch = new double[x.length];
    }
    System.arraycopy(x, 0, scratch, 0, x.length);
    scratch[feature] = usable(learner.schema().features().get(feature), donors[feature]);
    learner.predict(scratch, replaced);
  }

  /** A value that another feature of this index had before the learner went back to an image. */
  private static double usable(final Feature of, final double value) {
    return of.isNominal() && value >= of.values().size() ? Double.NaN : value;
  }

  private void grow(final int features) {
    if (features > looks.length) {
      donors = Arrays.copyOf(donors, features);
      rises = Arrays.copyOf(rises, features);
      looks = Arrays.copyOf(looks, features);
    }
  }

  /**
   * Takes in what the change made of the prediction.
   *
   * @param x the event asked about last
   * @param then what the learner said of the event itself before it learned it
   * @param target index of the class, or the number
   */
  public void learn(
      final Schema schema, final double[] x, final Prediction then, final double target) {
    if (feature < 0) {
      return;
    }
    if (looks[feature] > 0) {
      final double rise = loss(schema, replaced, target) - loss(schema, then, target);
      if (Double.isFinite(rise)) {
        rises[feature] += (float) (rise - rises[feature]) / Math.min(looks[feature], MEMORY);
      }
    }
    keep(x);
  }

  /** The event serves others with its value from here on. */
  private void keep(final double[] x) {
    looks[feature] = Math.min(looks[feature] + 1, Integer.MAX_VALUE - 1);
    donors[feature] = x[feature];
    feature = -1;
  }

  /**
   * In the place of {@link #ask} and {@link #learn}, where the learner failed at the event: which
   * events are looked at later, and with which values, is as if it had not.
   */
  public void skip(final Learner learner, final double[] x) {
    if (x.length > 0) {
      grow(x.length);
      feature = CounterRandom.below(x.length, seed(learner), 2 * events + 1);
      keep(x);
    }
  }

  /** Log loss where the target is a class, absolute error where it is a number. */
  private static double loss(
      final Schema schema, final Prediction prediction, final double target) {
    final double[] values = prediction.probabilities();
    if (schema.target() instanceof Target.Classes) {
      return ProbabilityEvaluator.logLoss(target < values.length ? values[(int) target] : 0);
    }
    return Math.abs(prediction.number() - target);
  }

  /**
   * The most important features, the first one first: by how much the loss rises, in nats of log
   * loss where the target is a class, as absolute error where it is a number. Without those that
   * were not looked at ten times yet.
   */
  public Map<String, Double> most(final Schema schema, final int most) {
    final List<Integer> known = new ArrayList<>();
    for (int f = 0; f < Math.min(looks.length, schema.featureCount()); f++) {
      if (looks[f] > FEWEST) {
        known.add(f);
      }
    }
    known.sort(Comparator.comparingDouble((Integer f) -> -rises[f]));
    final Map<String, Double> byName = new LinkedHashMap<>();
    for (final int f : known.subList(0, Math.min(most, known.size()))) {
      byName.put(schema.features().get(f).name(), (double) rises[f]);
    }
    return byName;
  }

  /** Heap bytes held, an estimate. */
  public long sizeBytes() {
    return 128 + 16L * looks.length + 8L * scratch.length;
  }

  /**
   * Writes everything as a nested part of an image. Layout ({@link ImageKind#IMPORTANCE}, version
   * 1): events counted; per feature its other value, its figure, how often it was looked at.
   */
  public void write(final ImageWriter out) {
    out.begin(ImageKind.IMPORTANCE)
        .putLong(events)
        .putDoubles(donors, donors.length)
        .putFloats(rises, rises.length)
        .putInts(looks, looks.length);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws MalformedImageException if the bytes are no such figures
   */
  public static FeatureImportance read(final ImageReader in) {
    final FeatureImportance read = new FeatureImportance();
    read.readAll(in);
    return read;
  }

  private void readAll(final ImageReader in) {
    in.begin(ImageKind.IMPORTANCE);
    events = in.getCount("events looked at");
    donors = in.getDoubles();
    rises = in.getFloats();
    looks = in.getInts();
    for (final double donor : donors) {
      if (Double.isInfinite(donor)) {
        throw new MalformedImageException("a value of a feature is infinite");
      }
    }
    ImageReader.requireFinite(rises, "importance of a feature");
    if (donors.length != looks.length || rises.length != looks.length) {
      throw new MalformedImageException("the importance of features is of different lengths");
    }
    ImageReader.requireIn(looks, 0, Integer.MAX_VALUE, "looks at a feature");
  }
}
