package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * Multinomial logistic regression over binned features and crosses of two features, hashed into a
 * table of fixed size (feature hashing: Weinberger et al., 2009), trained by AdaGrad (Duchi et al.,
 * 2011) whose sums of squares fade, so that it never stops following the stream. Strong where
 * nominal features have many values, and where a boundary is not parallel to an axis.
 */
public final class CrossedLinear implements Expert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "crossed-linear";

  /** Table size: larger ones gave no accuracy on tables of 300 values squared. */
  private static final int BITS = 14;

  private static final double RATE = 0.1;

  /** What a squared gradient still weighs when its bucket was met once more. */
  private static final float KEPT = 0.999f;

  /** Added to the root of the squares: bounds the first steps. */
  private static final double CALM = 0.1;

  private final FeatureCrosses crosses;
  private int classes;
  // By bucket, then class.
  private float[] weight;
  private float[] squares;
  private double[] probabilities;
  private boolean dirty = true;

  /** An expert that has seen nothing. */
  public CrossedLinear(final Schema schema) {
    this(schema, new FeatureCrosses(schema, BITS));
  }

  private CrossedLinear(final Schema schema, final FeatureCrosses crosses) {
    this.crosses = crosses;
    classes = schema.classCount();
    weight = new float[classes << BITS];
    squares = new float[classes << BITS];
    probabilities = new double[classes];
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void predict(final double[] x, final double[] out) {
    final int[] bucket = crosses.buckets(x);
    Arrays.fill(out, 0);
    for (final int b : bucket) {
      final int at = b * classes;
      for (int c = 0; c < classes; c++) {
        out[c] += weight[at + c];
      }
    }
    PortableMath.softmax(out);
  }

  @Override
  public void learn(final double[] x, final double target, final double eventWeight) {
    predict(x, probabilities);
    learn(x, target, eventWeight, probabilities);
  }

  @Override
  public void learn(
      final double[] x, final double target, final double eventWeight, final double[] predicted) {
    final int label = (int) target;
    Objects.checkIndex(label, classes);
    final int[] bucket = crosses.buckets(x);
    for (int c = 0; c < classes; c++) {
      final float gradient = (float) (eventWeight * (predicted[c] - (c == label ? 1 : 0)));
      final float square = gradient * gradient;
      final double step = RATE * gradient;
      for (final int b : bucket) {
        final int at = b * classes + c;
        squares[at] = squares[at] * KEPT + square;
        weight[at] -= (float) (step / (Math.sqrt(squares[at]) + CALM));
      }
    }
    crosses.learn(x);
    dirty = true;
  }

  @Override
  public void grow(final Schema schema) {
    crosses.grow(schema);
    final int grown = schema.classCount();
    if (grown != classes) {
      weight = widened(weight, classes, grown);
      squares = widened(squares, classes, grown);
      classes = grown;
      probabilities = new double[grown];
    }
    dirty = true;
  }

  private static float[] widened(final float[] table, final int from, final int to) {
    final float[] wide = new float[to << BITS];
    for (int b = 0; b < 1 << BITS; b++) {
      System.arraycopy(table, b * from, wide, b * to, from);
    }
    return wide;
  }

  @Override
  public long operations() {
    return 3L * classes * crosses.count();
  }

  @Override
  public long sizeBytes() {
    return 128 + 4L * (weight.length + squares.length) + 8L * classes + crosses.sizeBytes();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }

  /** Layout ({@code CLIN}, version 1): classes, weights, squares, the crosses' own. */
  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    out.begin(ImageKind.EXPERT, KIND).putInt(classes);
    out.putFloats(weight, weight.length).putFloats(squares, squares.length);
    crosses.write(out);
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunk was written
   * @throws MalformedImageException if the chunk is not that of such an expert
   */
  public static CrossedLinear read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final int classes = schema.classCount();
    in.getIntIn(classes, classes, "number of classes");
    final float[] weight = in.getFloats();
    final float[] squares = in.getFloats();
    if (weight.length != classes << BITS || squares.length != weight.length) {
      throw new MalformedImageException("the table of weights does not fit the schema");
    }
    final CrossedLinear expert = new CrossedLinear(schema, FeatureCrosses.read(schema, BITS, in));
    in.end();
    expert.weight = weight;
    expert.squares = squares;
    expert.markClean();
    return expert;
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "Logistic regression over hashed features and crosses of two of them.",
          List.of(),
          (options, schema, seed) -> new CrossedLinear(schema),
          CrossedLinear::read);
    }
  }
}
