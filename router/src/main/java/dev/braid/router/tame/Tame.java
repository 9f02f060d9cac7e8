package dev.braid.router.tame;

import dev.braid.data.Schema;
import dev.braid.experts.CounterRandom;
import dev.braid.router.LearnerSpec;
import dev.braid.router.PoolEvent;
import dev.braid.router.PoolLearner;
import dev.braid.router.Prediction;
import dev.braid.router.Running;
import dev.braid.router.SavedLearner;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.Part;
import java.util.Arrays;
import java.util.List;

/**
 * One expert per task, without being told of tasks (Zhu et al., "TAME: task agnostic continual
 * learning using multiple experts", 2022, algorithm 1): a loss that rises above what is usual says
 * that the task changed; then a known expert takes over that fits the new events, or a new one is
 * opened.
 *
 * <p>Other than in the paper, the alarm opens a trial: nobody learns while all experts are compared
 * on the events that follow, and the best one predicts; the best fit is chosen, not the first, or
 * the active expert is kept. The selector learns while the stream runs. {@code docs/tame.md} has
 * the reasons.
 */
final class Tame extends PoolLearner {
  /** Standard errors above its threshold at which the active expert no longer fits. */
  private static final double ERRORS_TO_LEAVE = 1;

  /** The same for a return to a known one: to open one too many costs more than to come late. */
  private static final double ERRORS_TO_RETURN = 2;

  /** Weighing all experts is too much work for every batch. */
  private static final long BATCHES_TO_WEIGHING = 64;

  private final TameOptions settings;
  private final TamePool pool;
  private final Selector selector;
  private final HeldEvents held;
  private final Trial trial = new Trial();
  private final SelectorTrust trust = new SelectorTrust();
  private final TaskLoss losses;
  private final Running running;

  private long learned;
  private int batchesToRest;
  private double loss;

  // Scratch of one event: who predicts, whom the selector names (-1 for nobody), what they predict.
  private int leader;
  private int named;
  private double share;
  private double[] prediction;
  private double[] alternative;

  Tame(final LearnerSpec spec, final Options options, final Schema schema) {
    this(spec, options, schema, null);
  }

  Tame(final SavedLearner saved, final Options options) {
    this(saved.spec(), options, saved.schema(), saved);
  }

  private Tame(
      final LearnerSpec spec,
      final Options options,
      final Schema schema,
      final SavedLearner saved) {
    super(spec, options, schema);
    settings = TameOptions.of(options);
    losses = TaskLoss.of(schema.target());
    pool = new TamePool(options, settings, losses, spec.seed());
    held = new HeldEvents(settings.batch() * (1 + settings.trial()), schema.featureCount());
    running = new Running(List.of(this::writeRunning, held::write));
    if (saved == null) {
      pool.openFirst(schema);
    } else {
      saved.readHeader(1, in -> readRunning(in, saved));
      saved.readHeader(2, in -> held.read(in, schema.target()));
    }
    selector =
        new Selector(
            schema.featureCount(),
            pool.size(),
            settings.hidden(),
            settings.reservoir(),
            CounterRandom.bits(spec.seed(), -1));
    if (saved != null) {
      selector.read(saved, 1);
    }
    selector.count(pool.numbers());
    prediction = new double[schema.target().width()];
    alternative = new double[schema.target().width()];
    open(running, pool.names(), saved);
  }

  @Override
  protected void grown(final Schema larger) {
    pool.grow(larger);
    selector.grow(larger.featureCount());
    held.grow(larger.featureCount());
    prediction = new double[larger.target().width()];
    alternative = new double[larger.target().width()];
  }

  /** Who predicts, and what; the selector's expert is asked only where it has a say. */
  @Override
  protected void ask(final double[] x, final boolean learning) {
    leader = trial.isRunning() ? trial.leader() : pool.active();
    pool.member(leader).expert.predict(x, prediction);
    named = -1;
    share = 0;
    if (!settings.selector() || !selector.isReady()) {
      return;
    }
    selector.look(x);
    double best = Double.NEGATIVE_INFINITY;
    for (int e = 0; e < pool.size(); e++) {
      final double odds = e == leader ? best : selector.logOdds(e, leader);
      if (odds > best) {
        best = odds;
        named = e;
      }
    }
    share = trust.share(best);
    if (share == 0) {
      named = -1;
    } else {
      pool.member(named).expert.predict(x, alternative);
    }
  }

  @Override
  protected boolean askMember(final int expert, final double[] x, final double[] out) {
    pool.member(expert).expert.predict(x, out);
    return true;
  }

  @Override
  protected void publish(final double[] x, final Prediction out) {
    final double[] p = out.probabilities();
    for (int c = 0; c < p.length; c++) {
      p[c] = named < 0 ? prediction[c] : (1 - share) * prediction[c] + share * alternative[c];
    }
    Arrays.fill(out.weights(), 0);
    out.weights()[leader] = 1 - share;
    if (named >= 0) {
      out.weights()[named] = share;
    }
  }

  @Override
  protected void train(final double[] x, final double target, final double weight) {
    losses.learn(target);
    if (named >= 0) {
      trust.learn(share, losses.slope(share, prediction, alternative, target));
    }
    held.add(x, target, weight);
    learned++;
    if (trial.isRunning()) {
      for (int e = 0; e < pool.size(); e++) {
        trial.count(e, lossOf(e, x, target));
      }
      trial.nextEvent();
      if (held.count() == settings.batch() * (1 + settings.trial())) {
        choose();
      }
    } else {
      loss += losses.of(prediction, target);
      if (held.count() == settings.batch()) {
        endBatch();
      }
    }
    running.changed();
  }

  private double lossOf(final int expert, final double[] x, final double target) {
    pool.member(expert).expert.predict(x, prediction);
    return losses.of(prediction, target);
  }

  private void endBatch() {
    final double mean = loss / settings.batch();
    loss = 0;
    final LossGuard guard = pool.activeMember().guard;
    if (settings.cap() > 1 && batchesToRest == 0 && guard.isAlarming(mean)) {
      startTrial();
      return;
    }
    batchesToRest = Math.max(0, batchesToRest - 1);
    guard.accept(mean);
    teach();
    if (learned / settings.batch() % BATCHES_TO_WEIGHING == 0) {
      keepWithin(false);
    }
  }

  private void startTrial() {
    trial.begin(pool.size());
    for (int r = 0; r < held.count(); r++) {
      for (int e = 0; e < pool.size(); e++) {
        trial.add(e, lossOf(e, held.x(r), held.target(r)));
      }
    }
  }

  /** The end of a trial: the active expert is kept, a known one takes over, or one is opened. */
  private void choose() {
    trial.end();
    final int active = pool.active();
    final LossGuard guard = pool.activeMember().guard;
    if (trial.fits(active, guard.threshold(), ERRORS_TO_LEAVE)) {
      guard.accept(trial.mean(active));
    } else {
      replaceActive();
      batchesToRest = settings.cooldown();
    }
    teach();
  }

  private void replaceActive() {
    final int best = settings.reuse() ? bestFit() : -1;
    if (best >= 0) {
      pool.switchTo(best, trial.mean(best));
    } else {
      final int nearest = settings.reuse() ? trial.nearest() : pool.active();
      final double itsLoss = trial.mean(nearest);
      // Where even the nearest expert does worse than an even guess, it would only be in the way.
      final boolean helps = itsLoss < losses.ofGuess(schema().target().width());
      pool.open(schema(), helps ? nearest : -1, itsLoss);
      selector.opened();
    }
    settle();
  }

  /** The known expert that loses least of those that fit and lose less than the active; or -1. */
  private int bestFit() {
    int best = -1;
    double least = trial.mean(pool.active());
    for (int e = 0; e < pool.size(); e++) {
      if (trial.mean(e) < least
          && trial.fits(e, pool.member(e).guard.threshold(), ERRORS_TO_RETURN)) {
        best = e;
        least = trial.mean(e);
      }
    }
    return best;
  }

  /** Keeps the pool within its bounds, and the selector in step with it. */
  private void settle() {
    final Reservoir sample = selector.reservoir();
    boolean gone = pool.mergeAlike(sample, schema().featureCount(), schema().target().width());
    gone |= pool.shrinkTo(settings.cap(), learned, sample);
    keepWithin(gone);
    poolChanged(pool.names());
  }

  /** Experts grow while they learn. */
  private void keepWithin(final boolean gone) {
    if (pool.shrinkToBytes(learned, selector.reservoir()) || gone) {
      selector.restart(pool.numbers());
      selector.count(pool.numbers());
      poolChanged(pool.names());
    }
  }

  /** The active expert learns what was held, and the selector that it did. */
  private void teach() {
    final TameMember member = pool.activeMember();
    for (int r = 0; r < held.count(); r++) {
      member.expert.learn(held.x(r), held.target(r), held.weight(r));
      selector.remember(held.x(r), member.number);
    }
    member.learned += held.count();
    member.lastLearned = learned;
    held.clear();
    selector.count(pool.numbers());
    selector.step(pool.numbers());
  }

  @Override
  public long operations(final int expert) {
    return pool.member(expert).expert.operations();
  }

  /** Of the selector's network. */
  @Override
  public int[] routerShape() {
    return selector.shape();
  }

  @Override
  protected List<PoolEvent> poolEvents() {
    return pool.drainEvents();
  }

  @Override
  protected Part router() {
    return selector;
  }

  @Override
  protected List<? extends Part> experts() {
    return pool.experts();
  }

  @Override
  protected long stateBytes() {
    return pool.sizeBytes()
        + selector.sizeBytes()
        + held.sizeBytes()
        + losses.sizeBytes()
        + 16L * prediction.length;
  }

  private void writeRunning(final ImageWriter out) {
    out.putLong(learned).putInt(batchesToRest).putDouble(loss);
    losses.write(out);
    trust.write(out);
    pool.write(out);
    trial.write(out);
  }

  private void readRunning(final ImageReader in, final SavedLearner saved) {
    learned = in.getLong();
    batchesToRest = in.getIntIn(0, settings.cooldown(), "batches to rest");
    loss = in.getDouble();
    losses.read(in);
    trust.read(in);
    pool.read(in, saved);
    trial.read(in, pool.size());
  }
}
