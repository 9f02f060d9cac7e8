package dev.braid.experts.dense;

/** The pointers of the kernels' parameter, in its order; {@code moe.cu} says what each is. */
enum Field {
  HEADER,
  LABELS,
  X,
  THETA,
  M,
  V,
  GRADIENT,
  STEPS,
  CHANGED,
  RATE,
  EPSILON,
  WINDOW,
  BALANCE,
  COUNTS,
  AFFINITY,
  CHOSEN,
  WEIGHT,
  WEIGHT_GRADIENT,
  ACTIVATIONS,
  LOW1,
  LOW2,
  HIDDEN,
  HIDDEN_GRADIENT,
  OUTPUTS,
  OUTPUT_GRADIENT,
  LOGIT_GRADIENT,
  LOAD,
  PROBABILITIES,
  VOTES
}
