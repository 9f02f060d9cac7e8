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
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * DriftMoE, multi-class variant (Aspis et al., "DriftMoE: a mixture of experts approach to handle
 * concept drifts", 2025): the expert with the largest logit predicts; the router learns which
 * experts were right; the experts that it weighs most learn the event.
 */
final class DriftMoeData implements Learner {
  /** What both variants of DriftMoE are made of. */
  static final PresetOption EXPERT =
      new PresetOption(
          "expert",
          "hoeffding-tree(grace-period=50)",
          "What every expert is: one of the registered experts, with its options.");

  static List<PresetOption> options() {
    final List<PresetOption> options = new ArrayList<>();
    options.add(new PresetOption("experts", "12", "Experts in the pool, 1 to 1000."));
    options.add(EXPERT);
    options.add(
        new PresetOption("top-k", "3", "Experts that learn each event, 1 to experts.")
            .whichMayChange());
    options.add(
        new PresetOption(
                "temperature",
                "0.8",
                "Divides the logits before the softmax that the weights are, above 0.")
            .whichMayChange());
    options.addAll(Router.Settings.options(256, 0));
    return List.copyOf(options);
  }

  private final LearnerSpec spec;
  private final int topK;
  private final double temperature;
  private final FeatureScaler scaler;
  private final Router router;
  private final Expert[] experts;
  private final Header header;
  private Schema schema;

  // Scratch of one event.
  private float[] inputs;
  private final double[] weights;
  private final double[][] votes;
  private final float[] mask;
  private final boolean[] chosen;

  DriftMoeData(final LearnerSpec spec, final Options options, final Schema schema) {
    this(spec, options, schema, null);
  }

  DriftMoeData(final SavedLearner saved, final Options options) {
    this(saved.spec(), options, saved.schema(), saved);
  }

  private DriftMoeData(
      final LearnerSpec spec,
      final Options options,
      final Schema schema,
      final SavedLearner saved) {
    this.spec = spec;
    this.schema = schema;
    final int pool = options.integer("experts", 1, 1000);
    topK = options.integer("top-k", 1, pool);
    temperature = options.real("temperature", 1e-6, 1e6);
    scaler = new FeatureScaler(schema.featureCount(), options.flag("scale-inputs"));
    experts = new Expert[pool];
    final SplittableRandom seeds = new SplittableRandom(spec.seed());
    final Router.Settings settings = Router.Settings.of(options, seeds.nextLong());
    if (saved == null) {
      router = new Router(schema.featureCount(), pool, settings);
      for (int e = 0; e < pool; e++) {
        experts[e] = options.openExpert(schema, seeds.nextLong());
      }
    } else {
      saved.requireExperts(pool);
      router = Router.read(saved.chunk(1, 0), schema.featureCount(), pool, settings);
      saved.readHeader(1, scaler::read);
      saved.readHeader(2, router.pending()::read);
      for (int e = 0; e < pool; e++) {
        experts[e] = saved.readExpert(e, schema);
      }
    }
    header = new Header(this::identity, List.of(scaler::write, router.pending()::write));
    weights = new double[pool];
    mask = new float[pool];
    chosen = new boolean[pool];
    inputs = new float[schema.featureCount()];
    votes = new double[pool][schema.classCount()];
  }

  private LearnerIdentity identity() {
    return LearnerIdentity.of(this, Arrays.asList(experts));
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
    scaler.grow(larger.featureCount());
    router.grow(larger.featureCount(), experts.length);
    inputs = new float[larger.featureCount()];
    for (int e = 0; e < experts.length; e++) {
      experts[e].grow(larger);
      votes[e] = new double[larger.classCount()];
    }
    header.identityChanged();
  }

  @Override
  public void predict(final double[] x, final Prediction out) {
    route(x);
    final int best = Probabilities.argMax(weights);
    experts[best].predict(x, votes[best]);
    publish(best, out);
  }

  @Override
  public void learn(final double[] x, final int label) {
    route(x);
    vote(x);
    train(x, label);
  }

  @Override
  public void testThenTrain(final double[] x, final int label, final Prediction out) {
    route(x);
    vote(x);
    publish(Probabilities.argMax(weights), out);
    train(x, label);
  }

  /** Fills inputs and weights: softmax(logits / temperature). */
  private void route(final double[] x) {
    scaler.scale(x, inputs);
    final float[] logits = router.logits(inputs);
    for (int e = 0; e < weights.length; e++) {
      weights[e] = logits[e] / temperature;
    }
    PortableMath.softmax(weights);
  }

  private void vote(final double[] x) {
    for (int e = 0; e < experts.length; e++) {
      experts[e].predict(x, votes[e]);
    }
  }

  private void publish(final int best, final Prediction out) {
    out.shape(schema.classCount(), experts.length);
    System.arraycopy(votes[best], 0, out.probabilities(), 0, votes[best].length);
    System.arraycopy(weights, 0, out.weights(), 0, weights.length);
  }

  private void train(final double[] x, final int label) {
    markCorrect(label);
    router.learn(inputs, mask);
    scaler.learn(x);
    learnTopExperts(x, label);
    header.changed();
  }

  /** Mask m: 1 for every expert that was right; where none was, for the one nearest to it. */
  private void markCorrect(final int label) {
    boolean any = false;
    int nearest = 0;
    for (int e = 0; e < experts.length; e++) {
      final boolean right = Probabilities.argMax(votes[e]) == label;
      mask[e] = right ? 1 : 0;
      any |= right;
      if (votes[e][label] > votes[nearest][label]) {
        nearest = e;
      }
    }
    if (!any) {
      mask[nearest] = 1;
    }
  }

  private void learnTopExperts(final double[] x, final int label) {
    Arrays.fill(chosen, false);
    for (int k = 0; k < topK; k++) {
      int best = -1;
      for (int e = 0; e < experts.length; e++) {
        if (!chosen[e] && (best < 0 || weights[e] > weights[best])) {
          best = e;
        }
      }
      chosen[best] = true;
      experts[best].learn(x, label, 1);
    }
  }

  @Override
  public int expertCount() {
    return experts.length;
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
    final List<Part> parts = new ArrayList<>(experts.length + 2);
    parts.add(header);
    parts.add(router);
    parts.addAll(List.of(experts));
    return parts;
  }

  @Override
  public long sizeBytes() {
    long bytes = router.sizeBytes() + scaler.sizeBytes() + 1024;
    for (final Expert expert : experts) {
      bytes += expert.sizeBytes();
    }
    return bytes;
  }
}
