package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.data.TargetScale;
import dev.braid.experts.Expert;

/** What the experts that predict numbers alone have in common: the target's usual range. */
abstract class NumberExpert implements Expert {
  /** Of the targets learned. */
  final TargetScale scale;

  private boolean dirty = true;

  NumberExpert(final TargetScale scale) {
    this.scale = scale;
  }

  /** What the target may be; it need be neither finite nor within any range. */
  abstract double estimate(double[] x);

  /**
   * Learns from one event.
   *
   * @param target within one width of the usual range, which knows it already
   */
  abstract void adapt(double[] x, double target, double weight);

  /** Forgets what {@link #adapt} learned: the targets were absurd. */
  abstract void restart();

  @Override
  public final void predict(final double[] x, final double[] prediction) {
    prediction[0] = scale.count() == 0 ? 0 : scale.limit(estimate(x));
  }

  @Override
  public final void learn(final double[] x, final double target, final double weight) {
    if (scale.learn(target)) {
      restart();
    }
    adapt(x, scale.clip(target), weight);
    dirty = true;
  }

  @Override
  public void grow(final Schema schema) {}

  final void touch() {
    dirty = true;
  }

  @Override
  public final boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public final void markClean() {
    dirty = false;
  }
}
