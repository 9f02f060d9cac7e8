package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.basic.ExternalPrediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Experts that are opened together and stay: what they are is a text, for instance {@code
 * adaptive-tree(subspace=leaf|all)*4+knn}. Terms stand in the order of the experts; where an option
 * has several values with {@code |} between them, the experts of a term take them in turn. Each
 * expert is a group of its own, since none knows anything of another.
 *
 * <p>Models outside predict too, one expert each behind the others; no other expert sees the
 * features that bring their predictions.
 */
public final class Pool {
  private final Expert[] experts;
  private final List<Member> members;
  private final List<String> external;

  /** What each expert said of the event asked about last, shape [experts, width]. */
  private double[][] rows;

  private Inside inside;

  /** Where the random numbers of an expert come from. */
  public interface Seeds {
    /**
     * @param place 0, 1, ... among the experts that are networks, or among those that are not
     */
    long of(boolean network, int place);
  }

  private Pool(
      final Schema schema,
      final Inside inside,
      final Expert[] experts,
      final List<Member> members,
      final List<String> external) {
    this.inside = inside;
    this.experts = experts;
    this.members = List.copyOf(members);
    this.external = external;
    rows = new double[experts.length][schema.target().width()];
  }

  /**
   * Opens untrained experts.
   *
   * @param text which
   * @param models names of the models outside, perhaps none
   * @throws IllegalArgumentException with one sentence, if the text cannot be followed
   */
  public static Pool open(
      final String text, final List<String> models, final Schema schema, final Seeds seeds) {
    final Inside inside = Inside.of(schema, models);
    final PoolPlan plan = PoolPlan.of(text, models);
    final List<Expert> experts = new ArrayList<>();
    for (final PoolPlan.Planned one : plan.experts()) {
      experts.add(one.open(inside.schema(), seeds));
    }
    for (final String model : models) {
      experts.add(new ExternalPrediction(schema, model));
    }
    final List<Member> members = new ArrayList<>();
    for (int e = 0; e < experts.size(); e++) {
      final String name = plan.names().get(e);
      members.add(new Member(name, experts.get(e).kind(), name));
    }
    return new Pool(schema, inside, experts.toArray(Expert[]::new), members, models);
  }

  /**
   * Lets experts rest from here on, each by itself, while it is worth nothing.
   *
   * @return this pool
   */
  public Pool resting(final RestPolicy policy) {
    for (int e = 0; e < experts.length; e++) {
      if (policy.kinds().contains(experts[e].kind())) {
        experts[e] = new RestingExpert(experts[e], policy, inside.schema());
      }
    }
    return this;
  }

  /** The experts of a saved learner, none of which may rest. */
  public static Pool read(final SavedLearner saved) {
    return read(saved, RestPolicy.NONE);
  }

  /** The experts of a saved learner, which rest as a policy says. */
  public static Pool read(final SavedLearner saved, final RestPolicy policy) {
    final List<String> models = new ArrayList<>();
    for (int e = 0; e < saved.expertCount(); e++) {
      if (saved.member(e).kind().equals(ExternalPrediction.KIND)) {
        models.add(((ExternalPrediction) saved.readExpert(e, saved.schema())).model());
      }
    }
    return read(saved, models, policy);
  }

  /**
   * The experts of a shard of a saved learner.
   *
   * @param models names of all models outside, those of other shards too
   */
  static Pool read(final SavedLearner saved, final List<String> models, final RestPolicy policy) {
    final Inside inside = Inside.of(saved.schema(), models);
    final Expert[] experts = new Expert[saved.expertCount()];
    for (int e = 0; e < experts.length; e++) {
      final String kind = saved.member(e).kind();
      final boolean external = kind.equals(ExternalPrediction.KIND);
      final Schema seen = external ? saved.schema() : inside.schema();
      experts[e] =
          policy.kinds().contains(kind)
              ? saved.readResting(e, policy, seen)
              : saved.readExpert(e, seen);
    }
    return new Pool(saved.schema(), inside, experts, saved.identity().experts(), models);
  }

  /**
   * Some of the experts as a pool of their own; this one is not to be used any more.
   *
   * @param places of the experts, in ascending order
   */
  Pool part(final Schema schema, final int[] places) {
    final Expert[] some = new Expert[places.length];
    final List<Member> theirs = new ArrayList<>();
    for (int i = 0; i < places.length; i++) {
      some[i] = experts[places[i]];
      theirs.add(members.get(places[i]));
    }
    return new Pool(schema, Inside.of(schema, external), some, theirs, external);
  }

  public int size() {
    return experts.length;
  }

  public Expert expert(final int at) {
    return experts[at];
  }

  public List<Member> members() {
    return members;
  }

  public List<Expert> experts() {
    return Arrays.asList(experts);
  }

  private double[] seenBy(final int at, final double[] x, final double[] own) {
    return experts[at] instanceof ExternalPrediction ? x : own;
  }

  /**
   * Asks one expert.
   *
   * @return its prediction, shape [width]; not a copy
   */
  public double[] ask(final int at, final double[] x) {
    experts[at].predict(seenBy(at, x, inside.of(x)), rows[at]);
    return rows[at];
  }

  /** Asks all experts. */
  public void ask(final double[] x) {
    final double[] own = inside.of(x);
    for (int e = 0; e < experts.length; e++) {
      experts[e].predict(seenBy(e, x, own), rows[e]);
    }
  }

  /** What its own experts see of an event; valid until the next call, also by other methods. */
  double[] inside(final double[] x) {
    return inside.of(x);
  }

  /**
   * Asks some experts; others may be at work on other threads.
   *
   * @param own as {@link #inside} gave it
   */
  void ask(final int[] places, final double[] x, final double[] own) {
    for (final int e : places) {
      experts[e].predict(seenBy(e, x, own), rows[e]);
    }
  }

  /** Lets some experts learn the event that they were asked about last, as {@link #ask} does. */
  void learn(
      final int[] places,
      final double[] x,
      final double[] own,
      final double target,
      final double weight) {
    for (final int e : places) {
      experts[e].learn(seenBy(e, x, own), target, weight, rows[e]);
    }
  }

  /** What an expert said when it was asked last, shape [width]; not a copy. */
  public double[] prediction(final int at) {
    return rows[at];
  }

  /** One expert learns an event. */
  public void learn(final int at, final double[] x, final double target, final double weight) {
    experts[at].learn(seenBy(at, x, inside.of(x)), target, weight);
  }

  /** All experts learn the event that they were asked about last. */
  public void learn(final double[] x, final double target, final double weight) {
    final double[] own = inside.of(x);
    for (int e = 0; e < experts.length; e++) {
      experts[e].learn(seenBy(e, x, own), target, weight, rows[e]);
    }
  }

  /**
   * What happened to an expert since this was asked last, in no order: it replaced a part of
   * itself, or it rests now and did not then, or the other way about. Mostly empty.
   */
  public List<PoolEvent.Kind> drainChanges(final int at) {
    final boolean replaced = experts[at].drainReplacements() > 0;
    final boolean turned = experts[at] instanceof RestingExpert resting && resting.drainChange();
    if (!replaced && !turned) {
      return List.of();
    }
    final List<PoolEvent.Kind> changes = new ArrayList<>();
    if (replaced) {
      changes.add(PoolEvent.Kind.REPLACED);
    }
    if (turned) {
      changes.add(rests(at) ? PoolEvent.Kind.RESTED : PoolEvent.Kind.WOKEN);
    }
    return changes;
  }

  /** Whether an expert rests: then it says nothing, and learns nothing. */
  public boolean rests(final int at) {
    return experts[at] instanceof RestingExpert resting && resting.rests();
  }

  /** The schema has grown. */
  public void grow(final Schema larger) {
    inside = Inside.of(larger, external);
    for (final Expert expert : experts) {
      expert.grow(expert instanceof ExternalPrediction ? larger : inside.schema());
    }
    rows = new double[experts.length][larger.target().width()];
  }

  /** Heap bytes held, an estimate. */
  public long sizeBytes() {
    long bytes = 0;
    for (int e = 0; e < experts.length; e++) {
      bytes += experts[e].sizeBytes() + 32 + 8L * rows[e].length;
    }
    return bytes;
  }
}
