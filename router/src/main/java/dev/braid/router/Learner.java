package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.state.image.Part;
import java.util.List;

/**
 * A complete online learner: predicts an event with what it knew before, then learns from its
 * label, at once or later. Deterministic given its seed. Not thread-safe. What it is handed is
 * checked before anything changes.
 *
 * <p>Open one with {@link Presets}; save and restore one with {@link LearnerImage}.
 */
public interface Learner {

  /** The preset and its options, as it was opened; a restored learner has the same. */
  LearnerSpec spec();

  /** Features and target known now. */
  Schema schema();

  /** Announces a schema that has grown: every index of the old one keeps its meaning. */
  void grow(Schema schema);

  /**
   * Predicts one event and changes nothing that a later call could see.
   *
   * @param x one element per feature of {@link #schema()}; NaN where missing
   * @param out receives the prediction
   * @throws IllegalArgumentException with one sentence, if the event has too many values or too few
   */
  void predict(double[] x, Prediction out);

  /**
   * Learns from one labelled event, predicted before or not.
   *
   * @param x as for {@link #predict}
   * @param target index of the class, 0 to classes - 1, or the number
   * @param weight how often the event counts, above 0
   * @throws IllegalArgumentException with one sentence, if these are no event of the schema
   */
  void learn(double[] x, double target, double weight);

  /** The same of an event that counts once. */
  default void learn(final double[] x, final double target) {
    learn(x, target, 1);
  }

  /**
   * Learns from one event whose label came late. What a learner says of an event when its label
   * arrives is better informed than what it said when it had to predict; a learner that weighs its
   * experts does so by what they said then.
   *
   * @param target as for {@link #learn(double[], double, double)}
   * @param then what {@link #predict} said of this event; kept by the caller
   */
  void learn(double[] x, double target, Prediction then);

  /**
   * Predicts, then learns: the same as {@link #predict} followed by {@link #learn(double[],
   * double)} to the last bit, and cheaper where a learner can share work between the two.
   */
  void testThenTrain(double[] x, double target, Prediction out);

  /**
   * Levels of {@link Prediction#quantiles}, each between 0 and 1: the two ends of the interval,
   * then those asked for beside it. Empty where the target is a class. Not a copy.
   */
  double[] levels();

  /**
   * What one expert says of an event for itself; changes nothing that a later call could see.
   *
   * @param expert 0 to {@code members().size() - 1}
   * @param x as for {@link #predict}
   * @param out receives a probability per class, or the number; shape [width of the target]
   * @return false if the experts of this learner say nothing for themselves
   */
  boolean predictMember(int expert, double[] x, double[] out);

  /** The experts of now, in the order of {@link Prediction#weights()}; one list while they stay. */
  List<Member> members();

  /** How many of {@link #members}, the first ones, are chosen from; the others see every event. */
  default int chosenFrom() {
    return members().size();
  }

  /**
   * Operations of one event in an expert, as {@code Expert.operations()} counts them.
   *
   * @param expert 0 to {@code members().size() - 1}
   */
  long operations(int expert);

  /**
   * Experts opened, switched to, merged, retired, put to rest and woken since the last call; often
   * empty.
   */
  default List<PoolEvent> drainPoolEvents() {
    return List.of();
  }

  /**
   * Width of the router's input and of each of its layers, the output last; empty for a learner
   * without a network there. For people who look into a saved model.
   */
  default int[] routerShape() {
    return new int[0];
  }

  /**
   * Everything that influences a later prediction, in parts that are saved apart: part 0 is the
   * header (spec, schema, experts, what changes with every event), part 1 the router, the others
   * one expert each. A learner of a few events may have another part 1 and no more: what it was
   * told so far. {@link LearnerImage} reads them back.
   */
  List<Part> parts();

  /** Heap bytes held by the learner's state, an estimate within a few per cent. */
  long sizeBytes();
}
