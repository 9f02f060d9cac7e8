package dev.braid.experts;

import dev.braid.data.Schema;
import dev.braid.experts.basic.CrossedLinear;
import dev.braid.experts.basic.LastLabel;
import dev.braid.experts.basic.NaiveBayes;
import dev.braid.experts.basic.OutsideVote;
import dev.braid.experts.basic.WindowedKnn;
import dev.braid.experts.moe.expert.DenseNetwork;
import dev.braid.experts.moe.expert.NeuralExpert;
import dev.braid.experts.moe.expert.ReplayNetwork;
import dev.braid.experts.tree.AdaptiveTree;
import dev.braid.experts.tree.HoeffdingTree;
import dev.braid.experts.tree.TreeCommandLine;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.MalformedImageException;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** Opens experts by name and reads saved ones back by kind. */
public final class Experts {
  private static final List<String> NAMES =
      List.of(
          HoeffdingTree.KIND,
          NaiveBayes.KIND,
          LastLabel.KIND,
          WindowedKnn.KIND,
          NeuralExpert.KIND,
          CrossedLinear.KIND,
          ReplayNetwork.KIND,
          DenseNetwork.KIND);

  /** Kinds of other modules. */
  private static final Map<String, ExpertKind> SERVICES = services();

  private Experts() {}

  /** Names of the experts that need no library, for {@link #open}. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * Opens an untrained expert.
   *
   * @param name {@code hoeffding-tree} with options in MOA's letters behind it, {@code
   *     naive-bayes}, {@code last-label}, {@code windowed-knn}, {@code mlp}, {@code
   *     crossed-linear}, {@code replay-network}, {@code dense-moe}, or {@code moa:} and the command
   *     line of any MOA classifier
   * @param seed of what is random in the expert
   * @throws IllegalArgumentException if there is no such expert
   */
  public static Expert open(final String name, final Schema schema, final long seed) {
    final int colon = name.indexOf(':');
    final ExpertKind service = colon < 0 ? null : SERVICES.get(name.substring(0, colon));
    if (service != null) {
      return service.open(name.substring(colon + 1), schema, seed);
    }
    final int space = name.indexOf(' ');
    if (HoeffdingTree.KIND.equals(space < 0 ? name : name.substring(0, space))) {
      return new HoeffdingTree(
          schema, TreeCommandLine.parse(space < 0 ? "" : name.substring(space), seed));
    }
    return switch (name) {
      case NaiveBayes.KIND -> new NaiveBayes(schema, Double.POSITIVE_INFINITY);
      case LastLabel.KIND -> new LastLabel(schema);
      case WindowedKnn.KIND -> new WindowedKnn(schema, 1000, 10);
      case NeuralExpert.KIND -> new NeuralExpert(schema, NeuralExpert.Settings.DEFAULT, seed);
      case CrossedLinear.KIND -> new CrossedLinear(schema);
      case ReplayNetwork.KIND -> new ReplayNetwork(schema, seed);
      case DenseNetwork.KIND -> new DenseNetwork(schema, DenseNetwork.Settings.DEFAULT, seed);
      default ->
          throw new IllegalArgumentException(
              "there is no expert '"
                  + name
                  + "'; known are "
                  + String.join(", ", NAMES)
                  + " and moa:CLASSIFIER with MOA's command line");
    };
  }

  private static Map<String, ExpertKind> services() {
    final Map<String, ExpertKind> kinds = new TreeMap<>();
    ServiceLoader.load(ExpertKind.class, Experts.class.getClassLoader())
        .forEach(kind -> kinds.put(kind.name(), kind));
    return kinds;
  }

  /**
   * Reads a saved expert back.
   *
   * @param kind as {@link Expert#kind()} named it
   * @param schema as it was when the expert was saved
   * @param blocks the saved blocks by number
   * @throws MalformedImageException if kind or blocks are not those of an expert
   */
  public static Expert read(
      final String kind,
      final Schema schema,
      final int chunkCount,
      final IntFunction<ImageReader> blocks) {
    return switch (kind) {
      case HoeffdingTree.KIND -> HoeffdingTree.read(schema, chunkCount, blocks);
      case AdaptiveTree.KIND -> AdaptiveTree.read(schema, chunkCount, blocks);
      case CrossedLinear.KIND -> CrossedLinear.read(schema, chunkCount, blocks);
      case ReplayNetwork.KIND -> ReplayNetwork.read(schema, chunkCount, blocks);
      case NaiveBayes.KIND -> NaiveBayes.read(schema, chunkCount, blocks);
      case LastLabel.KIND -> LastLabel.read(schema, chunkCount, blocks);
      case WindowedKnn.KIND -> WindowedKnn.read(schema, chunkCount, blocks);
      case NeuralExpert.KIND -> NeuralExpert.read(schema, chunkCount, blocks);
      case DenseNetwork.KIND -> DenseNetwork.read(schema, chunkCount, blocks);
      case OutsideVote.KIND -> OutsideVote.read(schema, chunkCount, blocks);
      default -> {
        final ExpertKind service = SERVICES.get(kind);
        if (service == null) {
          throw new MalformedImageException("there is no expert of kind '" + kind + "'");
        }
        yield service.read(schema, chunkCount, blocks);
      }
    };
  }
}
