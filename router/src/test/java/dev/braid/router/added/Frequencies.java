package dev.braid.router.added;

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

/** An expert that an event's features do not matter to: how frequent each class is. */
public final class Frequencies implements Expert {
  static final String KIND = "frequencies";

  private double[] weights;
  private boolean dirty = true;

  Frequencies(final int classes) {
    weights = new double[classes];
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void predict(final double[] x, final double[] prediction) {
    double sum = 0;
    for (final double weight : weights) {
      sum += weight;
    }
    for (int c = 0; c < prediction.length; c++) {
      prediction[c] = sum == 0 ? 1.0 / prediction.length : weights[c] / sum;
    }
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    weights[(int) target] += weight;
    dirty = true;
  }

  @Override
  public void grow(final Schema schema) {
    weights = Arrays.copyOf(weights, schema.classCount());
    dirty = true;
  }

  @Override
  public long operations() {
    return weights.length + 1L;
  }

  @Override
  public long sizeBytes() {
    return 32 + 8L * weights.length;
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
    out.begin(ImageKind.EXPERT, KIND).putDoubles(weights, weights.length);
  }

  private static Frequencies read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final Frequencies expert = new Frequencies(schema.classCount());
    expert.weights = in.getDoubles();
    if (expert.weights.length != schema.classCount()) {
      throw new MalformedImageException("frequencies do not fit the schema");
    }
    ImageReader.requireIn(expert.weights, 0, Double.MAX_VALUE, "frequency of a class");
    in.end();
    expert.markClean();
    return expert;
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    public Kind() {
      super(
          KIND,
          "How frequent each class is.",
          List.of(),
          (options, schema, seed) -> new Frequencies(schema.classCount()),
          Frequencies::read);
    }
  }
}
