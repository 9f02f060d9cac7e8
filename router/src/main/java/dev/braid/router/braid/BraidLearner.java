package dev.braid.router.braid;

import dev.braid.data.Schema;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.basic.ExternalPrediction;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Pool;
import dev.braid.router.PoolEvent;
import dev.braid.router.PoolLearner;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import dev.braid.router.Running;
import dev.braid.router.SavedLearner;
import dev.braid.router.combine.Chain;
import dev.braid.spec.Options;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * The learner of the preset {@code braid}: a pool of unlike experts, all of which predict and learn
 * every event, and a chain of combiners.
 */
final class BraidLearner extends PoolLearner {
  private final Pool pool;
  private final Chain chain;
  private final List<PoolEvent> events = new ArrayList<>();

  BraidLearner(final LearnerSpec spec, final Options options, final Schema schema) {
    super(spec, schema);
    final List<String> external =
        Presets.reading(
            BraidPreset.EXTERNAL,
            () -> ExternalPrediction.models(options.text(BraidPreset.EXTERNAL)));
    pool =
        Presets.reading(
            BraidPreset.EXPERTS,
            () ->
                Pool.open(
                    options.text(BraidPreset.EXPERTS),
                    external,
                    schema,
                    (network, place) ->
                        CounterRandom.bits(spec.seed(), network ? -2L - place : place)));
    chain =
        Presets.reading(
            BraidPreset.COMBINE,
            () ->
                Chain.open(
                    options.text(BraidPreset.COMBINE),
                    pool.size(),
                    schema.target(),
                    chainSeed(spec)));
    open(new Running(List.of()), pool.members(), null);
  }

  BraidLearner(final SavedLearner saved, final Options options) {
    super(saved.spec(), saved.schema());
    pool = Pool.read(saved);
    chain =
        Chain.read(
            saved,
            options.text(BraidPreset.COMBINE),
            pool.size(),
            saved.schema().target(),
            chainSeed(saved.spec()));
    open(new Running(List.of()), pool.members(), saved);
  }

  private static long chainSeed(final LearnerSpec spec) {
    return CounterRandom.bits(spec.seed(), -1);
  }

  @Override
  protected void grown(final Schema larger) {
    pool.grow(larger);
    if (larger.target().width() != chain.layout().width()) {
      chain.grow(larger.target().width());
    }
  }

  @Override
  protected void ask(final double[] x, final boolean learning) {
    askMembers(x);
    chain.combine();
  }

  private void askMembers(final double[] x) {
    pool.ask(x);
    for (int e = 0; e < pool.size(); e++) {
      chain.set(e, pool.prediction(e));
    }
  }

  @Override
  protected boolean askMember(final int expert, final double[] x, final double[] out) {
    System.arraycopy(pool.ask(expert, x), 0, out, 0, out.length);
    return true;
  }

  @Override
  protected void publish(final double[] x, final Prediction out) {
    chain.publish(out.probabilities());
    chain.weights(out.weights());
    out.setMemberPredictions(chain.predictions());
  }

  @Override
  protected void train(final double[] x, final double target, final double weight) {
    chain.learn(target, weight);
    pool.learn(x, target, weight);
  }

  @Override
  protected boolean trainLate(final double[] x, final double target, final Prediction then) {
    if (!chain.layout().fits(then.memberPredictions().length)) {
      return false;
    }
    chain.learnAsked(then.memberPredictions(), target, 1);
    askMembers(x);
    chain.learnArrived(target, 1);
    pool.learn(x, target, 1);
    return true;
  }

  @Override
  public List<PoolEvent> drainPoolEvents() {
    events.clear();
    for (int e = 0; e < pool.size(); e++) {
      if (pool.expert(e).drainReplacements() > 0) {
        events.add(
            new PoolEvent(
                PoolEvent.Kind.REPLACED,
                members().get(e).name(),
                "its drift detector saw its errors rise"));
      }
    }
    return events.isEmpty() ? List.of() : List.copyOf(events);
  }

  @Override
  public long operations(final int expert) {
    return pool.expert(expert).operations();
  }

  @Override
  public int[] routerShape() {
    return chain.shape();
  }

  @Override
  protected Part router() {
    return chain;
  }

  @Override
  protected List<? extends Part> experts() {
    return pool.experts();
  }

  @Override
  protected long stateBytes() {
    return pool.sizeBytes() + chain.sizeBytes();
  }
}
