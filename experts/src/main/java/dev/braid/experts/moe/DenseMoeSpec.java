package dev.braid.experts.moe;

import java.util.Objects;

/**
 * Shape, gate and learning rate of a layer: E experts, each with d inputs, h ReLU units and c
 * outputs, behind a linear gate. The layer's class logits are the weighted sum of the experts'; it
 * learns by Adam (Kingma and Ba 2015, betas 0.9 and 0.999, epsilon 1e-8) on cross-entropy averaged
 * over a batch's labelled rows. An expert that no labelled row of a batch was sent to is left as it
 * is, moments and step count included.
 *
 * @param inputs d, 1 or more
 * @param hidden h, 1 or more
 * @param classes c, 2 or more
 * @param experts E, those the gate chooses from, 1 or more
 * @param gate how experts are weighed
 * @param learningRate of Adam, greater than 0
 * @param seed of the initial weights; nothing else in the layer is random
 * @param rest when experts go to rest; with a gate that weighs all of them none can
 */
public record DenseMoeSpec(
    int inputs,
    int hidden,
    int classes,
    int experts,
    GateSpec gate,
    double learningRate,
    long seed,
    Rest rest) {

  /** Learning rate for those who have no reason to choose another. */
  public static final double DEFAULT_LEARNING_RATE = 1e-3;

  public DenseMoeSpec {
    Objects.requireNonNull(gate, "gate");
    Objects.requireNonNull(rest, "rest");
    if (rest.enabled() && gate.kind() == GateSpec.Kind.SOFTMAX) {
      throw new IllegalArgumentException(
          "a softmax gate sends every row to every expert, so that none can rest");
    }
    atLeast(1, inputs, "inputs");
    atLeast(1, hidden, "hidden units");
    atLeast(2, classes, "classes");
    atLeast(1, experts, "experts");
    if (gate.kind() != GateSpec.Kind.SOFTMAX && gate.chosen() > experts) {
      throw new IllegalArgumentException(
          "the gate chooses " + gate.chosen() + " experts of only " + experts);
    }
    if (!(learningRate > 0 && learningRate <= 1)) {
      throw new IllegalArgumentException(
          "the learning rate must lie in (0, 1], it is " + learningRate);
    }
    final long largest = (long) hidden * (inputs + 1L) + (long) classes * (hidden + 1L);
    if (largest > Integer.MAX_VALUE / 16 || (long) experts * (inputs + 1L) > (1 << 28)) {
      throw new IllegalArgumentException(
          "an expert of " + largest + " parameters does not fit one saved block");
    }
  }

  /** A layer whose experts never rest. */
  public DenseMoeSpec(
      final int inputs,
      final int hidden,
      final int classes,
      final int experts,
      final GateSpec gate,
      final double learningRate,
      final long seed) {
    this(inputs, hidden, classes, experts, gate, learningRate, seed, Rest.NONE);
  }

  /** A layer with the default learning rate. */
  public static DenseMoeSpec of(
      final int inputs,
      final int hidden,
      final int classes,
      final int experts,
      final GateSpec gate,
      final long seed) {
    return new DenseMoeSpec(inputs, hidden, classes, experts, gate, DEFAULT_LEARNING_RATE, seed);
  }

  /** The same with other numbers of inputs and classes. */
  public DenseMoeSpec with(final int newInputs, final int newClasses) {
    return new DenseMoeSpec(newInputs, hidden, newClasses, experts, gate, learningRate, seed, rest);
  }

  /** The same with experts that rest. */
  public DenseMoeSpec with(final Rest other) {
    return new DenseMoeSpec(inputs, hidden, classes, experts, gate, learningRate, seed, other);
  }

  /** T: the experts that the gate chooses from, then the shared ones. */
  public int totalExperts() {
    return experts + gate.shared();
  }

  /** k: experts that the gate chooses for a row. */
  public int chosenPerRow() {
    return gate.kind() == GateSpec.Kind.SOFTMAX ? experts : gate.chosen();
  }

  /** Trainable numbers in all experts and the gate. */
  public long parameterCount() {
    return (long) totalExperts() * ExpertLayout.of(this).size() + (long) experts * (inputs + 1);
  }

  /** Bytes of the weights and moments of all experts, none of them at rest. */
  public long expertBytes() {
    return 3L * Float.BYTES * ExpertLayout.of(this).size() * totalExperts();
  }

  private static void atLeast(final int least, final int value, final String what) {
    if (value < least) {
      throw new IllegalArgumentException("a layer needs " + least + " or more " + what);
    }
  }
}
