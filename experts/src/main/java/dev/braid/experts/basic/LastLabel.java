package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Predicts from the label learned last alone: how often each class followed it lately. Knows what
 * persistence and alternation of labels are worth where labels come at once, and little more than
 * the class frequencies where they come late.
 *
 * <p>Layout of the image ({@code EXPT}, version 1): classes, last label, transition weights by row.
 */
public final class LastLabel implements Expert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "last-label";

  /** What a transition still weighs when the same label was left once more: memory of 500. */
  private static final double KEPT = 1 - 1 / 500.0;

  /** Share of a smoothed observation that each class starts with. */
  private static final double PRIOR = 0.1;

  private double[][] followers;
  private int last = -1;
  private boolean dirty = true;

  /** An expert that has seen nothing. */
  public LastLabel(final Schema schema) {
    followers = new double[schema.classCount()][schema.classCount()];
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void predict(final double[] x, final double[] probabilities) {
    if (last < 0) {
      Arrays.fill(probabilities, 1.0 / probabilities.length);
      return;
    }
    double sum = 0;
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] = followers[last][c] + PRIOR;
      sum += probabilities[c];
    }
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] /= sum;
    }
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    final int label = (int) target;
    if (last >= 0) {
      final double[] row = followers[last];
      for (int c = 0; c < row.length; c++) {
        row[c] *= KEPT;
      }
      row[label] += weight;
    }
    last = label;
    dirty = true;
  }

  @Override
  public void grow(final Schema schema) {
    final int classes = schema.classCount();
    final int known = followers.length;
    followers = Arrays.copyOf(followers, classes);
    for (int c = 0; c < classes; c++) {
      followers[c] = c < known ? Arrays.copyOf(followers[c], classes) : new double[classes];
    }
    dirty = true;
  }

  @Override
  public long operations() {
    return 3L * followers.length;
  }

  @Override
  public long sizeBytes() {
    return 32 + followers.length * (20L + 8L * followers.length);
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    out.begin(ImageKind.EXPERT, KIND).putInt(followers.length).putInt(last);
    for (final double[] row : followers) {
      out.putDoubles(row, row.length);
    }
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunk was written
   * @throws MalformedImageException if the chunk is not that of such an expert
   */
  public static LastLabel read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final LastLabel expert = new LastLabel(schema);
    final int classes = schema.classCount();
    in.getIntIn(classes, classes, "number of classes");
    expert.last = in.getIntIn(-1, classes - 1, "last label");
    for (int c = 0; c < classes; c++) {
      expert.followers[c] = in.getDoubles();
      if (expert.followers[c].length != classes) {
        throw new MalformedImageException("transitions of class " + c + " do not fit the schema");
      }
      ImageReader.requireIn(expert.followers[c], 0, Double.MAX_VALUE, "a count of transitions");
    }
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
          "How often each class followed the label learned last.",
          List.of(),
          (options, schema, seed) -> new LastLabel(schema),
          LastLabel::read);
    }
  }
}
