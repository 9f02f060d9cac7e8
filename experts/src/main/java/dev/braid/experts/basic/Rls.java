package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.data.TargetScale;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.moe.expert.FeatureEncoder;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Linear regression by recursive least squares with exponential forgetting (Haykin, "Adaptive
 * Filter Theory", chapter on the RLS algorithm), over standardised numbers and indicators of
 * nominal values; crossed, over products of two of them too.
 *
 * <p>Forgetting makes the covariance of what no event excites grow without bound. Each of its
 * variances is held below a limit by scaling row and column, which leaves the matrix positive
 * definite. It stays symmetric to the last bit: what rounding would make of a difference between
 * its halves is excited by no event, and would grow too.
 *
 * <p>An error beyond eight usual ones is that of an outlier, and its event counts the less the
 * farther it lies (iteratively reweighted least squares with Huber's weights: Holland and Welsch,
 * "Robust regression using iteratively reweighted least-squares", 1977). What is usual grows with
 * the event's leverage: where the weights are not known, because an input moves that had not moved
 * for long, an error says nothing against the target, and all of it is learned.
 *
 * <p>Layout of the image: forgetting, whether crossed, width, the target's range, the encoder's
 * own, that of the crosses, centre, events, mean error, weights, the covariance row by row.
 */
public final class Rls extends NumberExpert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "rls";

  /** Variance of a weight of which nothing is known. */
  private static final double UNKNOWN = 10;

  /** A weight's variance at most: what was not excited for long is found again at once. */
  private static final double LARGEST = 100;

  /** Mean errors beyond which an error counts no more. */
  private static final double FARTHEST = 8;

  /** Events before errors are held against their mean. */
  private static final int EARLY = 20;

  /** Events that the mean error remembers. */
  private static final double ERRORS = 200;

  private final double forgetting;
  private final FeatureEncoder encoder;
  private final InputCrosses crosses;
  private float[] row;
  private double[] input;
  private double[] weight;
  private double[][] covariance;
  private double[] gain;

  /** What is taken away from every target, so that large ones that differ little lose no digits. */
  private double centre;

  private long events;
  private double meanError;

  /**
   * An expert that has seen nothing.
   *
   * @param forgetting what an event still weighs when another one came, above 0 to 1
   * @param crossed whether products of two inputs are inputs too
   * @param width inputs at the most, those beyond share places by hashing
   */
  public Rls(final Schema schema, final double forgetting, final boolean crossed, final int width) {
    this(forgetting, crossed, width, new FeatureEncoder(schema));
  }

  private Rls(
      final double forgetting,
      final boolean crossed,
      final int width,
      final FeatureEncoder encoder) {
    this(new TargetScale(), forgetting, encoder, new InputCrosses(crossed, width));
    shape();
  }

  private Rls(
      final TargetScale scale,
      final double forgetting,
      final FeatureEncoder encoder,
      final InputCrosses crosses) {
    super(scale);
    this.forgetting = forgetting;
    this.encoder = encoder;
    this.crosses = crosses;
    weight = new double[0];
    covariance = new double[0][];
  }

  /** Takes what is new, of which nothing is known. */
  private void shape() {
    crosses.grow(encoder.inputs());
    final int known = weight.length;
    final int size = crosses.outputs();
    row = new float[encoder.inputs()];
    input = new double[size];
    gain = new double[size];
    weight = Arrays.copyOf(weight, size);
    covariance = Arrays.copyOf(covariance, size);
    for (int a = 0; a < size; a++) {
      covariance[a] = a < known ? Arrays.copyOf(covariance[a], size) : new double[size];
      if (a >= known) {
        covariance[a][a] = UNKNOWN;
      }
    }
  }

  @Override
  public String kind() {
    return KIND;
  }

  private void encode(final double[] x) {
    encoder.encode(x, row);
    crosses.expand(row, input);
  }

  @Override
  double estimate(final double[] x) {
    encode(x);
    return centre + product(weight, input);
  }

  private static double product(final double[] a, final double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Override
  void adapt(final double[] x, final double target, final double eventWeight) {
    encoder.learn(x);
    encode(x);
    findGain();
    if (events == 0) {
      centre = target;
    }
    final double error = target - centre - product(weight, input);
    final double leverage = product(input, gain);
    final double counts = eventWeight * share(Math.abs(error) / Math.sqrt(1 + leverage));
    final double spread = forgetting / counts + leverage;
    if (!(spread > 0 && spread < Double.MAX_VALUE)) {
      restart();
      return;
    }
    add(gain, error / spread, weight);
    final double root = Math.sqrt(spread);
    for (int a = 0; a < input.length; a++) {
      gain[a] /= root;
    }
    for (int a = 0; a < input.length; a++) {
      update(covariance[a], gain, gain[a], 1 / forgetting);
    }
    condition();
  }

  /** The covariance times the input; most inputs are 0 where features are nominal. */
  private void findGain() {
    Arrays.fill(gain, 0);
    for (int a = 0; a < input.length; a++) {
      if (input[a] != 0) {
        add(covariance[a], input[a], gain);
      }
    }
  }

  private static void add(final double[] row, final double factor, final double[] sum) {
    for (int b = 0; b < sum.length; b++) {
      sum[b] += factor * row[b];
    }
  }

  private static void update(
      final double[] row, final double[] gain, final double factor, final double growth) {
    for (int b = 0; b < row.length; b++) {
      row[b] = (row[b] - factor * gain[b]) * growth;
    }
  }

  /**
   * The share of an event that counts.
   *
   * @param size of its error, as it would be without leverage
   */
  private double share(final double size) {
    events++;
    final boolean early = events <= EARLY || meanError == 0;
    final double most = early ? Double.MAX_VALUE : FARTHEST * meanError;
    meanError += (Math.min(most, size) - meanError) / Math.min((double) events, ERRORS);
    return size > most ? most / size : 1;
  }

  /** Holds every variance within its limits. */
  private void condition() {
    for (int a = 0; a < covariance.length; a++) {
      final double variance = covariance[a][a];
      if (!(variance > 0)) {
        forgetCovariance();
        return;
      }
      if (variance > LARGEST) {
        final double factor = Math.sqrt(LARGEST / variance);
        for (int b = 0; b < covariance.length; b++) {
          covariance[a][b] *= factor;
          covariance[b][a] *= factor;
        }
      }
    }
  }

  private void forgetCovariance() {
    for (int a = 0; a < covariance.length; a++) {
      Arrays.fill(covariance[a], 0);
      covariance[a][a] = UNKNOWN;
    }
  }

  @Override
  void restart() {
    Arrays.fill(weight, 0);
    forgetCovariance();
    events = 0;
    meanError = 0;
  }

  @Override
  public void grow(final Schema schema) {
    encoder.grow(schema);
    shape();
    touch();
  }

  @Override
  public long operations() {
    return 2L * weight.length * (1 + weight.length);
  }

  @Override
  public long sizeBytes() {
    return 160
        + scale.sizeBytes()
        + encoder.sizeBytes()
        + crosses.sizeBytes()
        + 4L * row.length
        + weight.length * (40L + 8L * weight.length);
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    out.begin(ImageKind.EXPERT, KIND).putDouble(forgetting);
    out.putBoolean(crosses.crossed()).putInt(crosses.width());
    scale.write(out);
    encoder.write(out);
    crosses.write(out);
    out.putDouble(centre).putLong(events).putDouble(meanError).putDoubles(weight, weight.length);
    for (final double[] values : covariance) {
      out.putDoubles(values, values.length);
    }
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunk was written
   * @throws MalformedImageException if the chunk is not that of such an expert
   */
  public static Rls read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final double forgetting = in.getDoubleIn(Double.MIN_VALUE, 1, "forgetting");
    final boolean crossed = in.getBoolean();
    final InputCrosses crosses =
        new InputCrosses(crossed, in.getIntIn(1, Kind.WIDEST, "width of a linear model"));
    final TargetScale scale = new TargetScale();
    scale.read(in);
    final FeatureEncoder encoder = FeatureEncoder.read(schema, in);
    crosses.read(in, encoder.inputs());
    final Rls expert = new Rls(scale, forgetting, encoder, crosses);
    expert.shape();
    expert.centre = in.getFinite("centre of a linear model");
    expert.events = in.getCount("events of a linear model");
    expert.meanError = in.getDoubleIn(0, Double.MAX_VALUE, "mean error of a linear model");
    expert.readRow(in, expert.weight);
    for (final double[] values : expert.covariance) {
      expert.readRow(in, values);
    }
    in.end();
    expert.markClean();
    return expert;
  }

  private void readRow(final ImageReader in, final double[] values) {
    in.getDoubles(values, 0, values.length);
    ImageReader.requireFinite(values, "a weight or covariance");
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    static final int WIDEST = 1024;

    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "Linear regression by recursive least squares, which forgets.",
          List.of(
              new Option(
                  "forgetting",
                  "0.999",
                  "What an event still weighs when another one came, 0.5 to 1."),
              new Option(
                  "crossed", "false", "Whether products of two inputs are inputs too: quadratic."),
              new Option(
                  "width",
                  "128",
                  "Inputs at the most, 1 to 1024; an event costs the square of their number.")),
          (options, schema, seed) ->
              new Rls(
                  schema,
                  options.real("forgetting", 0.5, 1),
                  options.flag("crossed"),
                  options.integer("width", 1, WIDEST)),
          Rls::read);
    }

    @Override
    public boolean predicts(final Target target) {
      return target instanceof Target.Quantity;
    }

    @Override
    public String label(final Options chosen) {
      return chosen.flag("crossed") ? "rls-crossed" : KIND;
    }
  }
}
