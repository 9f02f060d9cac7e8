package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.PortableMath;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * Incremental naive Bayes: normal densities for numeric features (mean and variance by West's
 * weighted form of Welford's algorithm), smoothed counts for nominal ones; missing values are left
 * out. With a finite memory older events fade exponentially.
 *
 * <p>Fading costs nothing per event: instead of all statistics shrinking, the weight of new events
 * grows, and everything is scaled back when that weight becomes large.
 */
public final class NaiveBayes implements Expert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "naive-bayes";

  /** Growing weights are scaled back beyond this; far from overflow even when squared. */
  private static final double LARGEST_WEIGHT = 1e30;

  private final double growth;
  private double newWeight = 1;
  private double[] classWeight;
  private final NormalStatistics normals;
  private final CountStatistics counts;
  private boolean dirty = true;

  /**
   * An expert that has seen nothing.
   *
   * @param memory number of events after which one counts 1/e; infinite for no fading
   */
  public NaiveBayes(final Schema schema, final double memory) {
    this(
        1 / (1 - 1 / checkedMemory(memory)),
        new double[schema.classCount()],
        new NormalStatistics(schema),
        new CountStatistics(schema));
  }

  private NaiveBayes(
      final double growth,
      final double[] classWeight,
      final NormalStatistics normals,
      final CountStatistics counts) {
    this.growth = growth;
    this.classWeight = classWeight;
    this.normals = normals;
    this.counts = counts;
  }

  private static double checkedMemory(final double memory) {
    if (!(memory > 1)) {
      throw new IllegalArgumentException("memory is " + memory + "; it must be above 1 event");
    }
    return memory;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void predict(final double[] x, final double[] probabilities) {
    double total = 0;
    for (final double weight : classWeight) {
      total += weight;
    }
    if (!(total > 0)) {
      Arrays.fill(probabilities, 1.0 / probabilities.length);
      return;
    }
    for (int c = 0; c < probabilities.length; c++) {
      // A class never seen could only be guessed.
      probabilities[c] =
          classWeight[c] > 0
              ? PortableMath.log(classWeight[c] / total)
                  + normals.logDensity(x, c, newWeight)
                  + counts.logProbability(x, c, newWeight)
              : Double.NEGATIVE_INFINITY;
    }
    PortableMath.softmax(probabilities);
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    final int label = (int) target;
    Objects.checkIndex(label, classWeight.length);
    final double w = weight * newWeight;
    classWeight[label] += w;
    normals.learn(x, label, w);
    counts.learn(x, label, w);
    newWeight *= growth;
    if (newWeight > LARGEST_WEIGHT) {
      scaleBack();
    }
    dirty = true;
  }

  private void scaleBack() {
    final double factor = 1 / newWeight;
    newWeight = 1;
    for (int c = 0; c < classWeight.length; c++) {
      classWeight[c] = fade(classWeight[c], factor);
    }
    normals.scale(factor);
    counts.scale(factor);
  }

  /** Scales a weight and lets go of it before it becomes denormal. */
  static double fade(final double weight, final double factor) {
    final double faded = weight * factor;
    return faded < 1e-100 ? 0 : faded;
  }

  @Override
  public void grow(final Schema schema) {
    classWeight = Arrays.copyOf(classWeight, schema.classCount());
    normals.grow(schema);
    counts.grow(schema);
    dirty = true;
  }

  @Override
  public long operations() {
    return 20L * classWeight.length * counts.features(); // Ten for a density.
  }

  @Override
  public long sizeBytes() {
    return 64 + 8L * classWeight.length + normals.sizeBytes() + counts.sizeBytes();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }

  /** Layout ({@code EXPT}, version 1): growth, next weight, weights by class, both statistics. */
  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    out.begin(ImageKind.EXPERT, KIND).putDouble(growth).putDouble(newWeight);
    out.putDoubles(classWeight, classWeight.length);
    normals.write(out);
    counts.write(out);
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunk was written
   * @throws MalformedImageException if the chunk is not that of such an expert
   */
  public static NaiveBayes read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final double growth = in.getDoubleIn(1, Double.MAX_VALUE, "growth of weights");
    final double newWeight = in.getDoubleIn(1, Double.MAX_VALUE, "next weight");
    final double[] classWeight = in.getDoubles();
    if (classWeight.length != schema.classCount()) {
      throw new MalformedImageException(
          "naive Bayes of " + classWeight.length + " classes does not fit the schema");
    }
    ImageReader.requireIn(classWeight, 0, Double.MAX_VALUE, "weight of a class");
    final NormalStatistics normals = new NormalStatistics(schema);
    normals.read(in);
    final CountStatistics counts = new CountStatistics(schema);
    counts.read(in);
    in.end();
    final NaiveBayes expert = new NaiveBayes(growth, classWeight, normals, counts);
    expert.newWeight = newWeight;
    expert.markClean();
    return expert;
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "Naive Bayes: normal densities of numbers, counts of nominal values, whose older events fade.",
          List.of(
              new Option(
                  "memory",
                  "Infinity",
                  "Events after which one counts 1/e, above 1; Infinity for no fading.")),
          (options, schema, seed) ->
              new NaiveBayes(
                  schema, options.real("memory", Math.nextUp(1.0), Double.POSITIVE_INFINITY)),
          NaiveBayes::read);
    }

    @Override
    public String label(final Options chosen) {
      final double memory = chosen.real("memory", Math.nextUp(1.0), Double.POSITIVE_INFINITY);
      return Double.isInfinite(memory) ? KIND : KIND + "-" + Math.round(memory);
    }
  }
}
