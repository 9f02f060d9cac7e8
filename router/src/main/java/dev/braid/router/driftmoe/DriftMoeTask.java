package dev.braid.router.driftmoe;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.PortableMath;
import dev.braid.experts.Probabilities;
import dev.braid.experts.moe.expert.FeatureScaler;
import dev.braid.router.ExpertNames;
import dev.braid.router.Header;
import dev.braid.router.Learner;
import dev.braid.router.LearnerIdentity;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Options;
import dev.braid.router.Prediction;
import dev.braid.router.PresetOption;
import dev.braid.router.SavedLearner;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * DriftMoE, task variant: one binary tree per class, all trained one-versus-rest on every event;
 * the router learns which class's tree should answer.
 *
 * <p>A tree counts as right on a true positive, and where there is none the label's own tree is
 * named: either way the mask is the label alone. A class has the probability that its gate weight
 * and its tree's own probability give together. In the published code the trees never reach the
 * prediction, the router's argmax does, with dropout left on; option {@code published-code} does
 * the same.
 */
final class DriftMoeTask implements Learner {
  /** Dropout that the published code never switches off. */
  private static final double PUBLISHED_DROPOUT = 0.2;

  static List<PresetOption> options() {
    final List<PresetOption> options = new ArrayList<>();
    options.add(DriftMoeData.EXPERT);
    options.add(
        new PresetOption(
            "published-code",
            "false",
            "Whether the router alone predicts, with a dropout of 0.2 always on, as in the"
                + " published code; the trees then have no influence."));
    options.addAll(Router.Settings.options(1, 0));
    return List.copyOf(options);
  }

  private final LearnerSpec spec;
  private final Options options;
  private final boolean publishedCode;
  private final FeatureScaler scaler;
  private final Router router;
  private final List<Expert> trees = new ArrayList<>();
  private final Header header;
  private Schema schema;

  // Scratch of one event.
  private final double[] vote = new double[2];
  private float[] inputs;
  private float[] mask;
  private double[] weights;

  DriftMoeTask(final LearnerSpec spec, final Options options, final Schema schema) {
    this(spec, options, schema, null);
  }

  DriftMoeTask(final SavedLearner saved, final Options options) {
    this(saved.spec(), options, saved.schema(), saved);
  }

  private DriftMoeTask(
      final LearnerSpec spec,
      final Options options,
      final Schema schema,
      final SavedLearner saved) {
    this.spec = spec;
    this.options = options;
    this.schema = schema;
    publishedCode = options.flag("published-code");
    final double dropout = publishedCode ? PUBLISHED_DROPOUT : options.real("dropout", 0, 0.9);
    final Router.Settings settings = Router.Settings.of(options, dropout, treeSeed(-1));
    final int features = schema.featureCount();
    scaler = new FeatureScaler(features, options.flag("scale-inputs"));
    if (saved == null) {
      router = new Router(features, schema.classCount(), settings);
      openTrees();
    } else {
      saved.requireExperts(schema.classCount());
      router = Router.read(saved.chunk(1, 0), features, schema.classCount(), settings);
      saved.readHeader(1, scaler::read);
      saved.readHeader(2, router.pending()::read);
      for (int c = 0; c < schema.classCount(); c++) {
        trees.add(saved.readExpert(c, oneVersusRest(schema)));
      }
    }
    header = new Header(this::identity, List.of(scaler::write, router.pending()::write));
    shape();
  }

  private LearnerIdentity identity() {
    return LearnerIdentity.of(this, trees);
  }

  private static Schema oneVersusRest(final Schema schema) {
    return new Schema(schema.features(), List.of("rest", "one"));
  }

  /** Opens the trees of the classes that have none yet. */
  private void openTrees() {
    for (int c = trees.size(); c < schema.classCount(); c++) {
      trees.add(options.openExpert(oneVersusRest(schema), treeSeed(c)));
    }
    if (trees.isEmpty()) {
      // Even without a class a wrong option must be told at the start.
      options.openExpert(oneVersusRest(schema), 0);
    }
  }

  private long treeSeed(final int label) {
    return new SplittableRandom(spec.seed() + 0x9E3779B97F4A7C15L * (label + 2L)).nextLong();
  }

  private void shape() {
    inputs = new float[schema.featureCount()];
    mask = new float[schema.classCount()];
    weights = new double[schema.classCount()];
  }

  @Override
  public LearnerSpec spec() {
    return spec;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void grow(final Schema larger) {
    schema = larger;
    trees.forEach(tree -> tree.grow(oneVersusRest(larger)));
    openTrees();
    scaler.grow(larger.featureCount());
    router.grow(larger.featureCount(), larger.classCount());
    shape();
    header.identityChanged();
  }

  @Override
  public void predict(final double[] x, final Prediction out) {
    scaler.scale(x, inputs);
    final float[] logits = router.logits(inputs);
    for (int c = 0; c < weights.length; c++) {
      weights[c] = logits[c];
    }
    PortableMath.softmax(weights);
    out.shape(weights.length, weights.length);
    System.arraycopy(weights, 0, out.weights(), 0, weights.length);
    final double[] probabilities = out.probabilities();
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] = weights[c];
      if (!publishedCode) {
        trees.get(c).predict(x, vote);
        probabilities[c] *= vote[1];
      }
    }
    if (probabilities.length > 0) {
      Probabilities.normalise(probabilities);
    }
  }

  @Override
  public void learn(final double[] x, final int label) {
    scaler.scale(x, inputs);
    mask[label] = 1;
    router.learn(inputs, mask);
    mask[label] = 0;
    scaler.learn(x);
    for (int c = 0; c < trees.size(); c++) {
      trees.get(c).learn(x, c == label ? 1 : 0, 1);
    }
    header.changed();
  }

  @Override
  public int expertCount() {
    return trees.size();
  }

  @Override
  public String expertName(final int expert) {
    return ExpertNames.of(expert);
  }

  @Override
  public int[] routerShape() {
    return router.shape();
  }

  @Override
  public List<Part> parts() {
    final List<Part> parts = new ArrayList<>(trees.size() + 2);
    parts.add(header);
    parts.add(router);
    parts.addAll(trees);
    return parts;
  }

  @Override
  public long sizeBytes() {
    return 1024
        + router.sizeBytes()
        + scaler.sizeBytes()
        + trees.stream().mapToLong(Expert::sizeBytes).sum();
  }
}
