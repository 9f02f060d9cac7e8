package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.state.image.Part;
import java.util.List;

/**
 * A complete online learner: predicts an event with what it knew before, then learns from its
 * label, at once or later. Deterministic given its seed. Not thread-safe.
 *
 * <p>Open one with {@link Presets}; save and restore one with {@link LearnerImage}.
 */
public interface Learner {

  /** The preset and its options, as it was opened; a restored learner has the same. */
  LearnerSpec spec();

  /** Features and classes known now. */
  Schema schema();

  /** Announces a schema that has grown: every index of the old one keeps its meaning. */
  void grow(Schema schema);

  /**
   * Predicts one event and changes nothing that a later call could see.
   *
   * @param x one element per feature of {@link #schema()}; NaN where missing
   * @param out receives the prediction
   */
  void predict(double[] x, Prediction out);

  /**
   * Learns from one labelled event, predicted before or not.
   *
   * @param x as for {@link #predict}
   * @param label index of the class, 0 to classes - 1
   */
  void learn(double[] x, int label);

  /**
   * Learns from one event whose label came late. What a learner says of an event when its label
   * arrives is better informed than what it said when it had to predict; a learner that judges its
   * experts does so by what they said then.
   *
   * @param x as for {@link #predict}
   * @param label index of the class, 0 to classes - 1
   * @param then what {@link #predict} said of this event; kept by the caller
   */
  default void learn(final double[] x, final int label, final Prediction then) {
    learn(x, label);
  }

  /**
   * Predicts, then learns: the same as {@link #predict} followed by {@link #learn} to the last bit,
   * and cheaper where a learner can share work between the two.
   */
  default void testThenTrain(final double[] x, final int label, final Prediction out) {
    predict(x, out);
    learn(x, label);
  }

  /** Experts in the pool now; the length of {@link Prediction#weights()}. */
  int expertCount();

  /**
   * Name of an expert, unique for the learner's life, for metrics and records: {@code e0}, ...
   *
   * @param expert 0 to {@code expertCount() - 1}
   */
  String expertName(int expert);

  /** Experts opened, switched to, merged and retired since the last call; often empty. */
  default List<PoolEvent> drainPoolEvents() {
    return List.of();
  }

  /**
   * Width of the router's input and of each of its layers, the output last; empty for a learner
   * without a network. For people who look into a saved model.
   */
  default int[] routerShape() {
    return new int[0];
  }

  /**
   * Everything that influences a later prediction, in parts that are saved apart: part 0 is the
   * header (spec, schema, counters, random state, pending mini-batch), part 1 the router, the
   * others one expert each. {@link LearnerImage} reads them back.
   */
  List<Part> parts();

  /** Heap bytes held by the learner's state, an estimate within a few per cent. */
  long sizeBytes();
}
