package dev.braid.router.braid;

import dev.braid.data.Schema;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.Expert;
import dev.braid.experts.PortableMath;
import dev.braid.experts.basic.OutsideVote;
import dev.braid.experts.tree.AdaptiveTree;
import dev.braid.router.ExpertNames;
import dev.braid.router.Header;
import dev.braid.router.Learner;
import dev.braid.router.LearnerIdentity;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Options;
import dev.braid.router.PoolEvent;
import dev.braid.router.Prediction;
import dev.braid.router.SavedLearner;
import dev.braid.router.combine.Gate;
import dev.braid.router.combine.LogVote;
import dev.braid.router.combine.TwofoldVote;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Braid's own learner: a small pool of unlike experts, all of which predict and learn every event;
 * their weighted log vote; and a gate that corrects the vote by what the experts say together.
 */
final class Braid implements Learner {
  private final LearnerSpec spec;
  private final Expert[] experts;

  private final Gate gate;

  /** Between the vote and the gate's correction of it, by what either was worth lately. */
  private final LogVote referee = new LogVote(2, TwofoldVote.VOTES_TOLERANCE);

  private final boolean corrected;
  private final Header header = new Header(this::identity, List.of(this::writeVotes));
  private final List<PoolEvent> events = new ArrayList<>();
  private Schema schema;
  private Inside inside;
  private TwofoldVote vote;

  // Scratch of one event: what the experts say, then their vote and the gate, then the two votes
  // that their vote is made of.
  private double[][] opinions;
  private double[][] judged;
  private double[][] both;
  private double[][] judgedLogs;
  private double[] logits;

  Braid(final LearnerSpec spec, final Options options, final Schema schema) {
    this.spec = spec;
    this.schema = schema;
    inside = Inside.of(schema);
    experts = BraidPool.open(options, schema, inside.schema(), spec.seed());
    vote = new TwofoldVote(experts.length, schema.classCount());
    corrected = options.flag("gate");
    gate =
        new Gate(
            experts.length, schema.classCount(), BraidOptions.gate(options), gateSeed(spec.seed()));
    allocate();
  }

  Braid(final SavedLearner saved, final Options options) {
    spec = saved.spec();
    schema = saved.schema();
    inside = Inside.of(schema);
    experts = new Expert[saved.expertCount()];
    for (int e = 0; e < experts.length; e++) {
      final boolean outside = saved.kind(e).equals(OutsideVote.KIND);
      experts[e] = saved.readExpert(e, outside ? schema : inside.schema());
    }
    vote = new TwofoldVote(experts.length, schema.classCount());
    saved.readHeader(1, this::readVotes);
    corrected = options.flag("gate");
    gate =
        Gate.read(
            saved.chunk(1, 0),
            experts.length,
            schema.classCount(),
            BraidOptions.gate(options),
            gateSeed(spec.seed()));
    header.restored(saved.identity());
    allocate();
  }

  private static long gateSeed(final long seed) {
    return CounterRandom.bits(seed, -1);
  }

  private void allocate() {
    final int classes = schema.classCount();
    opinions = new double[experts.length + 4][classes];
    judged = new double[][] {opinions[experts.length], opinions[experts.length + 1]};
    both = new double[][] {opinions[experts.length + 2], opinions[experts.length + 3]};
    judgedLogs = new double[2][classes];
    logits = new double[classes];
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
    inside = Inside.of(larger);
    for (final Expert expert : experts) {
      expert.grow(expert instanceof OutsideVote ? larger : inside.schema());
    }
    gate.grow(larger.classCount());
    vote = vote.grown(larger.classCount());
    allocate();
    header.identityChanged();
  }

  @Override
  public void predict(final double[] x, final Prediction out) {
    ask(x);
    combine();
    publish(out);
  }

  @Override
  public void learn(final double[] x, final int label) {
    ask(x);
    combine();
    judge(label);
    vote.learn(label);
    teach(x, label);
  }

  @Override
  public void learn(final double[] x, final int label, final Prediction then) {
    if (then.opinions().length != opinions.length) {
      learn(x, label);
      return;
    }
    for (int o = 0; o < opinions.length; o++) {
      // A class that was not known then had no vote.
      Arrays.fill(opinions[o], 0);
      System.arraycopy(then.opinions()[o], 0, opinions[o], 0, then.opinions()[o].length);
    }
    vote.vote(opinions, logits);
    judge(label);
    vote.learnLate(both, label);
    ask(x);
    vote.vote(opinions, logits);
    vote.learnArrived(label);
    teachGate(label);
    teach(x, label);
  }

  @Override
  public void testThenTrain(final double[] x, final int label, final Prediction out) {
    ask(x);
    combine();
    publish(out);
    judge(label);
    vote.learn(label);
    teach(x, label);
  }

  private void ask(final double[] x) {
    final double[] own = inside.of(x);
    for (int e = 0; e < experts.length; e++) {
      experts[e].predict(experts[e] instanceof OutsideVote ? x : own, opinions[e]);
    }
  }

  /** The vote's opinion, its logits, and the gate's opinion. */
  private void combine() {
    vote.vote(opinions, logits);
    vote.apart(both);
    System.arraycopy(logits, 0, judged[0], 0, logits.length);
    PortableMath.softmax(judged[0]);
    if (corrected) {
      gate.correct(opinions, logits, judged[1]);
      PortableMath.softmax(judged[1]);
    }
  }

  private void publish(final Prediction out) {
    out.shape(schema.classCount(), experts.length);
    if (corrected) {
      LogVote.logs(judged, judgedLogs);
      referee.vote(judgedLogs, out.probabilities());
      PortableMath.softmax(out.probabilities());
    } else {
      System.arraycopy(judged[0], 0, out.probabilities(), 0, logits.length);
    }
    System.arraycopy(vote.weights(), 0, out.weights(), 0, experts.length);
    out.setOpinions(opinions);
  }

  /** Gate and referee learn what the opinions were worth. */
  private void judge(final int label) {
    teachGate(label);
    if (corrected) {
      LogVote.logs(judged, judgedLogs);
      referee.learn(judgedLogs, label);
    }
    header.changed();
  }

  /**
   * The gate learns what the opinions say together. Of a label that came late it learns twice: from
   * what was said then, lest it trust what only fresh labels make right, and from what is said now,
   * lest it correct the experts for a drift that they have followed since.
   */
  private void teachGate(final int label) {
    if (corrected) {
      gate.learn(opinions, logits, label);
    }
  }

  /** The experts learn the event. */
  private void teach(final double[] x, final int label) {
    final double[] own = inside.of(x);
    for (int e = 0; e < experts.length; e++) {
      experts[e].learn(experts[e] instanceof OutsideVote ? x : own, label, 1, opinions[e]);
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
  public List<PoolEvent> drainPoolEvents() {
    events.clear();
    for (int e = 0; e < experts.length; e++) {
      if (experts[e] instanceof AdaptiveTree tree && tree.drainReplacements() > 0) {
        events.add(
            new PoolEvent(PoolEvent.Kind.REPLACED, expertName(e), "ADWIN saw its errors rise"));
      }
    }
    return events.isEmpty() ? List.of() : List.copyOf(events);
  }

  @Override
  public int[] routerShape() {
    return corrected ? gate.shape() : new int[0];
  }

  @Override
  public List<Part> parts() {
    final List<Part> parts = new ArrayList<>(experts.length + 2);
    parts.add(header);
    parts.add(gate);
    parts.addAll(Arrays.asList(experts));
    return parts;
  }

  @Override
  public long sizeBytes() {
    long bytes = 1024 + gate.sizeBytes() + opinions.length * (8L * logits.length + 32);
    for (final Expert expert : experts) {
      bytes += expert.sizeBytes();
    }
    return bytes;
  }

  private LearnerIdentity identity() {
    return LearnerIdentity.of(this, Arrays.asList(experts));
  }

  private void writeVotes(final ImageWriter out) {
    vote.write(out);
    referee.write(out);
  }

  private void readVotes(final ImageReader in) {
    vote.read(in);
    referee.read(in);
  }
}
