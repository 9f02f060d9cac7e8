package dev.braid.router.driftmoe;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.PortableMath;
import dev.braid.experts.Probabilities;
import dev.braid.experts.moe.expert.FeatureScaler;
import dev.braid.router.ExpertText;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Member;
import dev.braid.router.PoolLearner;
import dev.braid.router.Prediction;
import dev.braid.router.Running;
import dev.braid.router.SavedLearner;
import dev.braid.spec.Options;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.Arrays;
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
final class DriftMoeTask extends PoolLearner {
  static final String EXPERT = "expert";

  /** Dropout that the published code never switches off. */
  private static final double PUBLISHED_DROPOUT = 0.2;

  private final ExpertText expert;
  private final boolean publishedCode;
  private final FeatureScaler scaler;
  private final Router router;
  private final List<Expert> trees = new ArrayList<>();
  private final Running running;

  // Scratch of one event.
  private final double[] ofClass = new double[2];
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
    super(spec, options, schema);
    expert = new ExpertText(options, EXPERT);
    publishedCode = options.flag("published-code");
    final double dropout = publishedCode ? PUBLISHED_DROPOUT : options.real("dropout", 0, 0.9);
    final Router.Settings settings = Router.Settings.of(options, dropout, treeSeed(spec, -1));
    final int features = schema.featureCount();
    scaler = new FeatureScaler(features, options.flag("scale-inputs"));
    if (saved == null) {
      router = new Router(features, schema.classCount(), settings);
      openTrees(schema);
    } else {
      saved.requireExperts(schema.classCount());
      router = Router.read(saved.chunk(1, 0), features, schema.classCount(), settings);
      saved.readHeader(1, scaler::read);
      saved.readHeader(2, router.pending()::read);
      for (int c = 0; c < schema.classCount(); c++) {
        trees.add(saved.readExpert(c, oneVersusRest(schema)));
      }
    }
    running = new Running(List.of(scaler::write, router.pending()::write));
    open(running, names(), saved);
    shape(schema);
  }

  private List<Member> names() {
    final List<Member> names = new ArrayList<>();
    for (int c = 0; c < trees.size(); c++) {
      names.add(expert.member(c + 1));
    }
    return names;
  }

  private static Schema oneVersusRest(final Schema schema) {
    return new Schema(schema.features(), List.of("rest", "one"));
  }

  /** Opens the trees of the classes that have none yet. */
  private void openTrees(final Schema schema) {
    for (int c = trees.size(); c < schema.classCount(); c++) {
      trees.add(expert.open(oneVersusRest(schema), treeSeed(spec(), c)));
    }
    if (trees.isEmpty()) {
      // Even without a class a wrong option must be told at the start.
      expert.open(oneVersusRest(schema), 0);
    }
  }

  private static long treeSeed(final LearnerSpec spec, final int label) {
    return new SplittableRandom(spec.seed() + 0x9E3779B97F4A7C15L * (label + 2L)).nextLong();
  }

  private void shape(final Schema schema) {
    inputs = new float[schema.featureCount()];
    mask = new float[schema.classCount()];
    weights = new double[schema.classCount()];
  }

  @Override
  protected void grown(final Schema larger) {
    trees.forEach(tree -> tree.grow(oneVersusRest(larger)));
    openTrees(larger);
    scaler.grow(larger.featureCount());
    router.grow(larger.featureCount(), larger.classCount());
    shape(larger);
    poolChanged(names());
  }

  @Override
  protected void ask(final double[] x, final boolean learning) {
    scaler.scale(x, inputs);
  }

  /** A tree knows how probable its class is; the others share the rest. */
  @Override
  protected boolean askMember(final int expert, final double[] x, final double[] out) {
    trees.get(expert).predict(x, ofClass);
    Arrays.fill(out, ofClass[0] / Math.max(1, out.length - 1));
    out[expert] = ofClass[1];
    return true;
  }

  @Override
  protected void publish(final double[] x, final Prediction out) {
    final float[] logits = router.logits(inputs);
    for (int c = 0; c < weights.length; c++) {
      weights[c] = logits[c];
    }
    PortableMath.softmax(weights);
    System.arraycopy(weights, 0, out.weights(), 0, weights.length);
    final double[] probabilities = out.probabilities();
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] = weights[c];
      if (!publishedCode) {
        trees.get(c).predict(x, ofClass);
        probabilities[c] *= ofClass[1];
      }
    }
    if (probabilities.length > 0) {
      Probabilities.normalise(probabilities);
    }
  }

  @Override
  protected void train(final double[] x, final double target, final double weight) {
    final int label = (int) target;
    mask[label] = 1;
    router.learn(inputs, mask);
    mask[label] = 0;
    scaler.learn(x);
    for (int c = 0; c < trees.size(); c++) {
      trees.get(c).learn(x, c == label ? 1 : 0, weight);
    }
    running.changed();
  }

  @Override
  public long operations(final int at) {
    return trees.get(at).operations();
  }

  @Override
  public int[] routerShape() {
    return router.shape();
  }

  @Override
  protected Part router() {
    return router;
  }

  @Override
  protected List<? extends Part> experts() {
    return trees;
  }

  @Override
  protected long stateBytes() {
    return router.sizeBytes()
        + scaler.sizeBytes()
        + trees.stream().mapToLong(Expert::sizeBytes).sum();
  }
}
