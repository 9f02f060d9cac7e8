package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.Probabilities;
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
 * The vote of a model outside the learner, for instance of a dense layer in front of it. It comes
 * with the event, as one numeric feature per class that is named {@code vote:NAME:CLASS} and holds
 * the class's probability. What is missing or below 0 counts as 0; where nothing is above 0 the
 * vote is uniform.
 *
 * <p>It learns nothing itself; what it is worth is for those who weigh it to learn.
 *
 * <p>Layout of the image ({@code OUTV}, version 1): the outside model's name.
 */
public final class OutsideVote implements Expert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "outside-vote";

  /** How the names of such features begin. */
  public static final String PREFIX = "vote:";

  private final String name;
  private int[] columns;
  private boolean dirty = true;

  /**
   * The vote of one outside model.
   *
   * @param name of the model, as {@link #names} gives it
   */
  public OutsideVote(final Schema schema, final String name) {
    this.name = name;
    columns = columns(schema, name);
  }

  /** Name of the feature that holds a class's probability; the model's name has no colon. */
  public static String feature(final String name, final String className) {
    return PREFIX + name + ':' + className;
  }

  /** Whether a feature of that name is part of a vote. */
  public static boolean isPart(final String feature) {
    return feature.startsWith(PREFIX) && feature.indexOf(':', PREFIX.length()) > 0;
  }

  /** The outside models whose votes a schema has features for, in the order of the features. */
  public static List<String> names(final Schema schema) {
    return schema.features().stream()
        .filter(feature -> !feature.isNominal() && isPart(feature.name()))
        .map(feature -> feature.name().substring(PREFIX.length()))
        .map(rest -> rest.substring(0, rest.indexOf(':')))
        .distinct()
        .toList();
  }

  private static int[] columns(final Schema schema, final String name) {
    final int[] columns = new int[schema.classCount()];
    Arrays.setAll(columns, c -> schema.featureIndex(feature(name, schema.classes().get(c))));
    return columns;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void predict(final double[] x, final double[] probabilities) {
    double sum = 0;
    for (int c = 0; c < columns.length; c++) {
      final double vote = columns[c] < 0 ? 0 : x[columns[c]];
      // A probability above 1 is none; the comparison is false for NaN.
      probabilities[c] = vote > 0 ? Math.min(1, vote) : 0;
      sum += probabilities[c];
    }
    if (!(sum > Float.MIN_NORMAL)) {
      Probabilities.uniform(probabilities);
      return;
    }
    for (int c = 0; c < columns.length; c++) {
      probabilities[c] /= sum;
    }
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {}

  @Override
  public void grow(final Schema schema) {
    columns = columns(schema, name);
  }

  @Override
  public long operations() {
    return columns.length;
  }

  @Override
  public long sizeBytes() {
    return 64 + 4L * columns.length + 2L * name.length();
  }

  @Override
  public boolean isDirty(final int block) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }

  @Override
  public void writeChunk(final int block, final ImageWriter out) {
    out.begin(ImageKind.EXPERT, KIND).putString(name);
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the block was written, votes included
   * @throws MalformedImageException if the block is not that of such an expert
   */
  public static OutsideVote read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> blocks) {
    final ImageReader in = blocks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final OutsideVote expert = new OutsideVote(schema, in.getString());
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
          "The prediction of a model outside, which comes with the event as features.",
          List.of(new Option("model", "outside", "Name of the model.")),
          (options, schema, seed) -> new OutsideVote(schema, options.text("model").strip()),
          OutsideVote::read);
    }

    @Override
    public String label(final Options chosen) {
      return chosen.text("model").strip();
    }
  }
}
