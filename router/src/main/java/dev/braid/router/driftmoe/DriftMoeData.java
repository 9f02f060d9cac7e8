package dev.braid.router.driftmoe;

import dev.braid.data.Schema;
import dev.braid.experts.PortableMath;
import dev.braid.experts.Probabilities;
import dev.braid.experts.moe.expert.FeatureScaler;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Pool;
import dev.braid.router.PoolLearner;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import dev.braid.router.Running;
import dev.braid.router.SavedLearner;
import dev.braid.spec.Options;
import dev.braid.state.image.Part;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * DriftMoE, multi-class variant (Aspis et al., "DriftMoE: a mixture of experts approach to handle
 * concept drifts", 2025): the expert with the largest logit predicts; the router learns which
 * experts were right; the experts that it weighs most learn the event.
 */
final class DriftMoeData extends PoolLearner {
  private final int topK;
  private final double temperature;
  private final FeatureScaler scaler;
  private final Router router;
  private final Pool pool;
  private final Running running;

  // Scratch of one event.
  private float[] inputs;
  private final double[] weights;
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
    super(spec, options, schema);
    temperature = options.real("temperature", 1e-6, 1e6);
    scaler = new FeatureScaler(schema.featureCount(), options.flag("scale-inputs"));
    final SplittableRandom seeds = new SplittableRandom(spec.seed());
    final Router.Settings settings = Router.Settings.of(options, seeds.nextLong());
    if (saved == null) {
      pool =
          Presets.reading(
              "experts",
              () ->
                  Pool.open(
                      options.text("experts"),
                      List.of(),
                      schema,
                      (network, place) -> seeds.nextLong()));
      router = new Router(schema.featureCount(), pool.size(), settings);
    } else {
      pool = Pool.read(saved);
      router = Router.read(saved.chunk(1, 0), schema.featureCount(), pool.size(), settings);
      saved.readHeader(1, scaler::read);
      saved.readHeader(2, router.pending()::read);
    }
    topK = options.integer("top-k", 1, pool.size());
    running = new Running(List.of(scaler::write, router.pending()::write));
    open(running, pool.members(), saved);
    weights = new double[pool.size()];
    mask = new float[pool.size()];
    chosen = new boolean[pool.size()];
    inputs = new float[schema.featureCount()];
  }

  @Override
  protected void grown(final Schema larger) {
    scaler.grow(larger.featureCount());
    router.grow(larger.featureCount(), pool.size());
    inputs = new float[larger.featureCount()];
    pool.grow(larger);
  }

  /** Weights are softmax(logits / temperature); who does not predict is asked only to learn. */
  @Override
  protected void ask(final double[] x, final boolean learning) {
    scaler.scale(x, inputs);
    final float[] logits = router.logits(inputs);
    for (int e = 0; e < weights.length; e++) {
      weights[e] = logits[e] / temperature;
    }
    PortableMath.softmax(weights);
    if (learning) {
      pool.ask(x);
    } else {
      pool.ask(Probabilities.argMax(weights), x);
    }
  }

  @Override
  protected boolean askMember(final int expert, final double[] x, final double[] out) {
    System.arraycopy(pool.ask(expert, x), 0, out, 0, out.length);
    return true;
  }

  @Override
  protected void publish(final double[] x, final Prediction out) {
    final double[] best = pool.prediction(Probabilities.argMax(weights));
    System.arraycopy(best, 0, out.probabilities(), 0, best.length);
    System.arraycopy(weights, 0, out.weights(), 0, weights.length);
  }

  @Override
  protected void train(final double[] x, final double target, final double weight) {
    markCorrect((int) target);
    router.learn(inputs, mask);
    scaler.learn(x);
    learnTopExperts(x, target, weight);
    running.changed();
  }

  /** Mask m: 1 for every expert that was right; where none was, for the one nearest to it. */
  private void markCorrect(final int label) {
    boolean any = false;
    int nearest = 0;
    for (int e = 0; e < mask.length; e++) {
      final boolean right = Probabilities.argMax(pool.prediction(e)) == label;
      mask[e] = right ? 1 : 0;
      any |= right;
      if (pool.prediction(e)[label] > pool.prediction(nearest)[label]) {
        nearest = e;
      }
    }
    if (!any) {
      mask[nearest] = 1;
    }
  }

  private void learnTopExperts(final double[] x, final double target, final double weight) {
    Arrays.fill(chosen, false);
    for (int k = 0; k < topK; k++) {
      int best = -1;
      for (int e = 0; e < chosen.length; e++) {
        if (!chosen[e] && (best < 0 || weights[e] > weights[best])) {
          best = e;
        }
      }
      chosen[best] = true;
      pool.learn(best, x, target, weight);
    }
  }

  @Override
  public long operations(final int expert) {
    return pool.expert(expert).operations();
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
    return pool.experts();
  }

  @Override
  protected long stateBytes() {
    return router.sizeBytes() + scaler.sizeBytes() + pool.sizeBytes();
  }
}
