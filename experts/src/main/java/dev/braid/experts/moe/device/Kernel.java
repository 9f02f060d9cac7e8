package dev.braid.experts.moe.device;

import dev.braid.experts.moe.Precision;
import java.util.Locale;

/** The kernels of {@code moe.cu}. */
public enum Kernel {
  GATE_CHOOSE(false),
  BIAS_RELU(true),
  COMBINE(false),
  EXPERT_PROBABILITIES(false),
  COUNT(false),
  SCHEDULE(false),
  TURN_BACK(true),
  GATE_BACKWARD(false),
  OUTPUT_BIAS(true),
  HIDDEN_BACKWARD(true),
  GATE_BIAS(false),
  ADAM(true),
  ADAM_GATE(false),
  CONVERT_INPUTS(false),
  CONVERT_WEIGHTS(false),
  GROUP(false),
  GATHER(true),
  GROUP_RELU(true),
  GROUP_BIAS(false),
  GROUP_COMBINE(false),
  GROUP_EXPERT_PROBABILITIES(false),
  GROUP_TURN_BACK(true),
  GROUP_HIDDEN_BACKWARD(true);

  private final boolean typed;

  Kernel(final boolean typed) {
    this.typed = typed;
  }

  /** Name of the function for that precision. */
  public String function(final Precision precision) {
    final String name = name().toLowerCase(Locale.ROOT);
    return typed ? name + (precision == Precision.BF16 ? "_bf16" : "_f32") : name;
  }
}
