package dev.braid.router.added;

import dev.braid.data.Schema;
import dev.braid.experts.CounterRandom;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Pool;
import dev.braid.router.PoolLearner;
import dev.braid.router.Prediction;
import dev.braid.router.Preset;
import dev.braid.router.Presets;
import dev.braid.router.Running;
import dev.braid.router.SavedLearner;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.Part;
import java.util.Arrays;
import java.util.List;

/** A preset over the skeleton that all have: what the first expert of a pool says is said. */
final class Single extends PoolLearner {
  private final Pool pool;

  /** Of one that chooses nothing. */
  private final Running router = new Running(List.of(out -> {}));

  Single(final LearnerSpec spec, final Options options, final Schema schema) {
    super(spec, options, schema);
    pool =
        Presets.reading(
            "expert",
            () ->
                Pool.open(
                    options.text("expert"),
                    List.of(),
                    schema,
                    (network, place) -> CounterRandom.bits(spec.seed(), place)));
    open(new Running(List.of()), pool.members(), null);
  }

  Single(final SavedLearner saved, final Options options) {
    super(saved.spec(), options, saved.schema());
    pool = Pool.read(saved);
    router.markClean();
    open(new Running(List.of()), pool.members(), saved);
  }

  @Override
  protected void grown(final Schema larger) {
    pool.grow(larger);
  }

  @Override
  protected void ask(final double[] x, final boolean learning) {
    pool.ask(x);
  }

  @Override
  protected boolean askMember(final int expert, final double[] x, final double[] out) {
    System.arraycopy(pool.ask(expert, x), 0, out, 0, out.length);
    return true;
  }

  @Override
  protected void publish(final double[] x, final Prediction out) {
    System.arraycopy(pool.prediction(0), 0, out.probabilities(), 0, out.probabilities().length);
    Arrays.fill(out.weights(), 0);
    out.weights()[0] = 1;
  }

  @Override
  protected void train(final double[] x, final double target, final double weight) {
    pool.learn(x, target, weight);
  }

  @Override
  public long operations(final int expert) {
    return pool.expert(expert).operations();
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
    return pool.sizeBytes();
  }

  /** Its entry in the registry. */
  public static final class OfOne extends Preset {
    public OfOne() {
      super(
          "single",
          "What the first expert of a pool says.",
          List.of(new Option("expert", "adaptive-tree*2", "The experts, as a pool has them.")),
          Single::new,
          Single::new);
    }

    @Override
    protected String onlyClasses() {
      return "its expert is one for classes";
    }
  }
}
