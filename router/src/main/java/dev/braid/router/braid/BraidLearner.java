package dev.braid.router.braid;

import dev.braid.data.Schema;
import dev.braid.router.Combination;
import dev.braid.router.Crew;
import dev.braid.router.LearnerSpec;
import dev.braid.router.ParallelLearner;
import dev.braid.router.Pool;
import dev.braid.router.PoolEvent;
import dev.braid.router.PoolLearner;
import dev.braid.router.Prediction;
import dev.braid.router.Running;
import dev.braid.router.SavedLearner;
import dev.braid.spec.Options;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * The learner of the preset {@code braid}: a pool of unlike experts, all of which predict and learn
 * every event, perhaps on several threads, and a combination that sees their predictions alone.
 */
final class BraidLearner extends PoolLearner implements ParallelLearner {
  private final Pool pool;
  private final Combination combination;
  private final Crew crew;
  private final List<PoolEvent> events = new ArrayList<>();
  private int width;

  BraidLearner(final LearnerSpec spec, final Options options, final Schema schema) {
    this(spec, options, schema, 1);
  }

  BraidLearner(
      final LearnerSpec spec, final Options options, final Schema schema, final int threads) {
    super(spec, options, schema);
    pool = BraidDivision.INSTANCE.pool(spec, options, schema);
    combination = BraidDivision.INSTANCE.combination(spec, options, pool.size(), schema.target());
    crew = new Crew(pool, threads, combination::operations);
    width = schema.target().width();
    open(new Running(List.of()), pool.members(), null);
  }

  BraidLearner(final SavedLearner saved, final Options options) {
    super(saved.spec(), options, saved.schema());
    pool = Pool.read(saved, BraidDivision.INSTANCE.resting(options));
    combination = BraidDivision.INSTANCE.combination(saved, options, pool.size());
    crew = new Crew(pool, 1, combination::operations);
    width = saved.schema().target().width();
    open(new Running(List.of()), pool.members(), saved);
  }

  @Override
  protected void grown(final Schema larger) {
    crew.await();
    pool.grow(larger);
    if (larger.target().width() != width) {
      width = larger.target().width();
      combination.grow(width);
    }
  }

  @Override
  protected void ask(final double[] x, final boolean learning) {
    askMembers(x);
    combination.combine();
  }

  private void askMembers(final double[] x) {
    crew.ask(x);
    for (int e = 0; e < pool.size(); e++) {
      combination.set(e, pool.prediction(e));
    }
  }

  @Override
  protected boolean askMember(final int expert, final double[] x, final double[] out) {
    crew.await();
    System.arraycopy(pool.ask(expert, x), 0, out, 0, out.length);
    return out.length == 0 || !Double.isNaN(out[0]);
  }

  @Override
  protected void publish(final double[] x, final Prediction out) {
    combination.publish(out);
  }

  @Override
  protected void train(final double[] x, final double target, final double weight) {
    crew.learn(target, weight);
    combination.learn(target, weight);
    crew.learned();
  }

  @Override
  protected boolean trainLate(final double[] x, final double target, final Prediction then) {
    if (!combination.learnAsked(then.memberPredictions(), target, 1)) {
      return false;
    }
    askMembers(x);
    if (saysOnArrival()) {
      combination.combine();
      sayOnArrival(x);
    }
    crew.learn(target, 1);
    combination.learnArrived(target, 1);
    crew.learned();
    return true;
  }

  @Override
  protected List<PoolEvent> poolEvents() {
    crew.await();
    events.clear();
    for (int e = 0; e < pool.size(); e++) {
      for (final PoolEvent.Kind change : pool.drainChanges(e)) {
        events.add(PoolEvent.of(change, members().get(e)));
      }
    }
    return events.isEmpty() ? List.of() : List.copyOf(events);
  }

  @Override
  public long operations(final int expert) {
    crew.await();
    return pool.expert(expert).operations();
  }

  @Override
  public int[] routerShape() {
    return combination.shape();
  }

  @Override
  protected Part router() {
    return combination;
  }

  @Override
  protected List<? extends Part> experts() {
    crew.await();
    return pool.experts();
  }

  @Override
  protected long stateBytes() {
    crew.await();
    return pool.sizeBytes() + combination.sizeBytes();
  }

  @Override
  public void close() {
    crew.close();
  }
}
