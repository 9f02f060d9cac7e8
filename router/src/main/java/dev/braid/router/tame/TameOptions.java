package dev.braid.router.tame;

import dev.braid.spec.Options;

/**
 * The constants of the preset {@code tame}.
 *
 * @param cap experts in the pool at the most
 * @param maxBytes heap bytes of all experts together at the most
 * @param batch events of a mini-batch
 * @param window smoothed losses that an expert's threshold comes from
 * @param smoothing share of the newest loss in the smoothed one
 * @param trial mini-batches on which the experts are compared before one of them is chosen
 * @param cooldown mini-batches after a choice in which no other is made
 * @param reuse whether a known expert may be switched to
 * @param selector whether the selector takes part in predictions
 * @param reservoir events that the selector is trained on
 * @param hidden units of the selector's hidden layer
 */
record TameOptions(
    int cap,
    long maxBytes,
    int batch,
    int window,
    double smoothing,
    int trial,
    int cooldown,
    boolean reuse,
    boolean selector,
    int reservoir,
    int hidden) {

  static TameOptions of(final Options options) {
    return new TameOptions(
        options.integer("experts", 1, 1000),
        (long) options.real("max-bytes", 1 << 16, 1L << 40),
        options.integer("batch", 1, 4096),
        options.integer("window", 10, 1 << 16),
        options.real("smoothing", 0.001, 1),
        options.integer("trial", 1, 1000),
        options.integer("cooldown", 0, 1 << 16),
        options.flag("reuse"),
        options.flag("selector"),
        options.integer("reservoir", 32, 1 << 16),
        options.integer("hidden", 1, 4096));
  }
}
