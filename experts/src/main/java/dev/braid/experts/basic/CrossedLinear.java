package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.state.image.Column;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Multinomial logistic regression, or the linear one of a number, over binned features and crosses
 * of two features, hashed into a table of fixed size (feature hashing: Weinberger et al., 2009),
 * trained by AdaGrad (Duchi et al., 2011) whose sums of squares fade, so that it never stops
 * following the stream. Strong where nominal features have many values, and where a boundary is not
 * parallel to an axis.
 */
public final class CrossedLinear implements Expert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "crossed-linear";

  /** Table size: larger ones gave no accuracy on tables of 300 values squared. */
  private static final int BITS = 14;

  /** Longs with a bit for each bucket. */
  private static final int WORDS = 1 << (BITS - 6);

  private static final double RATE = 0.1;

  /** What a squared gradient still weighs when its bucket was met once more. */
  private static final float KEPT = 0.999f;

  /** Added to the root of the squares: bounds the first steps. */
  private static final double CALM = 0.1;

  private FeatureCrosses crosses;
  private final Link link;
  private Target target;
  private int outputs;
  // By bucket, then output.
  private float[] weight;
  private float[] squares;
  private double[] prediction;
  private boolean dirty = true;

  /** An expert that has seen nothing. */
  public CrossedLinear(final Schema schema) {
    link = Link.of(schema);
    crosses = new FeatureCrosses(schema, BITS);
    target = schema.target();
    outputs = target.width();
    weight = new float[outputs << BITS];
    squares = new float[outputs << BITS];
    prediction = new double[outputs];
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
      final int at = b * outputs;
      for (int c = 0; c < outputs; c++) {
        out[c] += weight[at + c];
      }
    }
    link.answer(out);
  }

  @Override
  public void learn(final double[] x, final double target, final double eventWeight) {
    predict(x, prediction);
    learn(x, target, eventWeight, prediction);
  }

  @Override
  public void learn(
      final double[] x, final double target, final double eventWeight, final double[] predicted) {
    this.target.check(target);
    final int[] bucket = crosses.buckets(x);
    for (int c = 0; c < outputs; c++) {
      final float gradient = (float) (eventWeight * link.error(predicted, c, target));
      final float square = gradient * gradient;
      final double step = RATE * gradient;
      for (final int b : bucket) {
        final int at = b * outputs + c;
        squares[at] = squares[at] * KEPT + square;
        weight[at] -= (float) (step / (Math.sqrt(squares[at]) + CALM));
      }
    }
    crosses.learn(x);
    link.learn(target);
    dirty = true;
  }

  @Override
  public void grow(final Schema schema) {
    crosses.grow(schema);
    target = schema.target();
    final int grown = target.width();
    if (grown != outputs) {
      weight = widened(weight, outputs, grown);
      squares = widened(squares, outputs, grown);
      outputs = grown;
      prediction = new double[grown];
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
    return 24L * outputs * crosses.count(); // Each lies somewhere else in memory.
  }

  @Override
  public long sizeBytes() {
    return 128
        + 4L * (weight.length + squares.length)
        + 8L * outputs
        + link.sizeBytes()
        + crosses.sizeBytes();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }

  /**
   * Layout: outputs, a bit for each bucket that was met, of each output the weights and the squares
   * of these buckets as columns, the link's own, the crosses' own.
   */
  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    out.begin(ImageKind.EXPERT, KIND).putInt(outputs);
    final long[] bits = new long[WORDS];
    for (int i = 0; i < weight.length; i++) {
      if ((Float.floatToRawIntBits(weight[i]) | Float.floatToRawIntBits(squares[i])) != 0) {
        bits[(i / outputs) >> 6] |= 1L << (i / outputs);
      }
    }
    final int[] met = BitSet.valueOf(bits).stream().toArray();
    out.putLongs(bits, WORDS);
    writeMet(met, weight, out);
    writeMet(met, squares, out);
    link.write(out);
    crosses.write(out);
  }

  private void writeMet(final int[] met, final float[] table, final ImageWriter out) {
    float[] before = null;
    for (int c = 0; c < outputs; c++) {
      final float[] column = new float[met.length];
      for (int i = 0; i < met.length; i++) {
        column[i] = table[met[i] * outputs + c];
      }
      Column.write(column, before, met.length, out);
      before = column;
    }
  }

  private void readMet(final int[] met, final float[] table, final ImageReader in) {
    float[] before = null;
    for (int c = 0; c < outputs; c++) {
      final float[] column = new float[met.length];
      Column.read(column, before, met.length, in);
      for (int i = 0; i < met.length; i++) {
        table[met[i] * outputs + c] = column[i];
      }
      before = column;
    }
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
    final int outputs = schema.target().width();
    in.getIntIn(outputs, outputs, "number of outputs");
    final long[] bits = in.getLongs();
    if (bits.length != WORDS) {
      throw new MalformedImageException("a table of " + bits.length + " words of buckets");
    }
    final int[] met = BitSet.valueOf(bits).stream().toArray();
    final CrossedLinear expert = new CrossedLinear(schema);
    expert.readMet(met, expert.weight, in);
    expert.readMet(met, expert.squares, in);
    expert.link.read(in);
    expert.crosses = FeatureCrosses.read(schema, BITS, in);
    in.end();
    expert.markClean();
    return expert;
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "Logistic or linear regression over hashed features and crosses of two of them.",
          List.of(),
          (options, schema, seed) -> new CrossedLinear(schema),
          CrossedLinear::read);
    }

    @Override
    public boolean predicts(final Target target) {
      return true;
    }
  }
}
