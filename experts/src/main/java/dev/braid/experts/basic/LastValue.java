package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.data.TargetScale;
import dev.braid.experts.ExpertKind;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Predicts the number learned last: what persistence is worth where labels come at once.
 *
 * <p>Layout of the image: the target's range, the last value.
 */
public final class LastValue extends NumberExpert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "last-value";

  private double last;

  /** An expert that has seen nothing. */
  public LastValue() {
    super(new TargetScale());
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  double estimate(final double[] x) {
    return last;
  }

  @Override
  void adapt(final double[] x, final double target, final double weight) {
    last = target;
  }

  @Override
  void restart() {}

  @Override
  public long operations() {
    return 1;
  }

  @Override
  public long sizeBytes() {
    return 40 + scale.sizeBytes();
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    out.begin(ImageKind.EXPERT, KIND);
    scale.write(out);
    out.putDouble(last);
  }

  /**
   * Reads an expert back.
   *
   * @throws dev.braid.state.image.MalformedImageException if the chunk is not that of such an
   *     expert
   */
  public static LastValue read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final LastValue expert = new LastValue();
    expert.scale.read(in);
    expert.last = in.getFinite("last value");
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
          "The number learned last.",
          List.of(),
          (options, schema, seed) -> new LastValue(),
          LastValue::read);
    }

    @Override
    public boolean predicts(final Target target) {
      return target instanceof Target.Quantity;
    }
  }
}
