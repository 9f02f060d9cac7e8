package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.data.TargetScale;
import dev.braid.experts.ExpertKind;
import dev.braid.spec.Option;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Predicts the mean of the numbers learned lately.
 *
 * <p>Layout of the image: memory, the target's range, weight and mean of what is remembered.
 */
public final class MeanValue extends NumberExpert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "mean";

  private final double memory;
  private double weights;
  private double mean;

  /**
   * An expert that has seen nothing.
   *
   * @param memory events after which one counts 1/e, 1 or more
   */
  public MeanValue(final double memory) {
    super(new TargetScale());
    this.memory = memory;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  double estimate(final double[] x) {
    return mean;
  }

  @Override
  void adapt(final double[] x, final double target, final double weight) {
    weights += weight - weights / memory;
    // In the first events with a short memory one may weigh more than all that is remembered.
    mean += (target - mean) * Math.min(1, weight / weights);
  }

  @Override
  void restart() {
    weights = 0;
    mean = 0;
  }

  @Override
  public long operations() {
    return 3;
  }

  @Override
  public long sizeBytes() {
    return 56 + scale.sizeBytes();
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    out.begin(ImageKind.EXPERT, KIND).putDouble(memory);
    scale.write(out);
    out.putDouble(weights).putDouble(mean);
  }

  /**
   * Reads an expert back.
   *
   * @throws dev.braid.state.image.MalformedImageException if the chunk is not that of such an
   *     expert
   */
  public static MeanValue read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final MeanValue expert =
        new MeanValue(in.getDoubleIn(1, Double.POSITIVE_INFINITY, "memory of the mean"));
    expert.scale.read(in);
    expert.weights = in.getDoubleIn(0, Double.MAX_VALUE, "weight of the mean");
    expert.mean = in.getFinite("mean");
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
          "The mean of the numbers learned lately.",
          List.of(
              new Option(
                  "memory",
                  "1000",
                  "Events after which one counts 1/e, 1 or more; Infinity for no fading.")),
          (options, schema, seed) ->
              new MeanValue(options.real("memory", 1, Double.POSITIVE_INFINITY)),
          MeanValue::read);
    }

    @Override
    public boolean predicts(final Target target) {
      return target instanceof Target.Quantity;
    }
  }
}
