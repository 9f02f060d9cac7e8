package dev.braid.experts.tree.model;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.data.TargetScale;
import dev.braid.drift.Detectors;
import dev.braid.drift.DriftDetector;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.tree.ForestTree;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A model tree as one of an adaptive forest ({@link ForestTree}; Gomes et al., "Adaptive random
 * forests for data stream regression", ESANN 2018). The detectors see errors in units of six
 * deviations of the target, at most one.
 */
public final class AdaptiveModelTree extends ForestTree<ModelTree> {
  /** As {@link #kind()} says it. */
  public static final String KIND = "adaptive-model-tree";

  private static final double UNIT = 6;

  private final ModelTreeOptions options;
  private final TargetScale scale;

  private AdaptiveModelTree(
      final Schema schema,
      final ModelTreeOptions options,
      final long seed,
      final TargetScale scale,
      final DriftDetector warning,
      final DriftDetector drift) {
    super(schema, seed, warning, drift);
    this.options = options;
    this.scale = scale;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  protected ModelTree newTree(final Schema now, final long treeSeed) {
    return new ModelTree(now, options, treeSeed);
  }

  @Override
  protected ModelTree savedTree(
      final Schema now, final int chunkCount, final IntFunction<ImageReader> chunks) {
    return ModelTree.read(now, chunkCount, chunks);
  }

  @Override
  protected double error(final double[] predicted, final double target) {
    scale.learn(target);
    final double unit = UNIT * scale.deviation();
    return unit > 0 ? Math.min(1, Math.abs(predicted[0] - scale.clip(target)) / unit) : 0;
  }

  @Override
  protected void writeOptions(final ImageWriter out) {
    options.write(out);
    scale.write(out);
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunks were written
   * @throws dev.braid.state.image.MalformedImageException if the chunks are not those of such an
   *     expert
   */
  public static AdaptiveModelTree read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final Counts counts = Counts.read(in);
    final ModelTreeOptions options = ModelTreeOptions.read(in);
    final TargetScale scale = new TargetScale();
    scale.read(in);
    final DriftDetector warning = Detectors.read(in);
    final DriftDetector drift = Detectors.read(in);
    final AdaptiveModelTree expert =
        new AdaptiveModelTree(schema, options, counts.seed(), scale, warning, drift);
    expert.restore(counts, in, chunkCount, chunks);
    return expert;
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "A model tree of an adaptive random forest: it learns each event some random times, and"
              + " is replaced when a drift detector sees its errors rise.",
          choices(),
          Kind::open,
          AdaptiveModelTree::read);
    }

    private static List<Option> choices() {
      final List<Option> options = new ArrayList<>(ModelTree.choices(100, "0.01", "0.6"));
      options.add(
          new Option(
              "warning",
              "adwin(delta=0.01)",
              "Detector that begins a second tree where it sees the errors rise."));
      options.add(
          new Option(
              "detector",
              "adwin(delta=0.001)",
              "Detector that puts the second tree in the first one's place where it sees the errors"
                  + " rise; a more cautious one."));
      return options;
    }

    private static AdaptiveModelTree open(
        final Options options, final Schema schema, final long seed) {
      final AdaptiveModelTree made =
          new AdaptiveModelTree(
              schema,
              ModelTree.of(options, false),
              seed,
              new TargetScale(),
              Detectors.open(options.text("warning")),
              Detectors.open(options.text("detector")));
      made.plant();
      return made;
    }

    @Override
    public boolean predicts(final Target target) {
      return target instanceof Target.Quantity;
    }

    @Override
    public String label(final Options chosen) {
      return "model-tree";
    }
  }
}
