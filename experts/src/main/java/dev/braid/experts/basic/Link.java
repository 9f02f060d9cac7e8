package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.data.TargetScale;
import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/** What the sums of a linear model mean, by the sort of target. */
interface Link {

  /** The one for a schema's target. */
  static Link of(final Schema schema) {
    return schema.target() instanceof Target.Quantity ? new Identity() : new Logistic();
  }

  /** Turns one sum per output into a prediction, in place. */
  void answer(double[] sums);

  /** Derivative of the loss by one sum, given the prediction. */
  double error(double[] predicted, int output, double target);

  /** Takes in a target, when its event was learned. */
  void learn(double target);

  /** Writes what it knows itself. */
  void write(ImageWriter out);

  /** Reads what {@link #write} wrote. */
  void read(ImageReader in);

  /** Heap bytes held. */
  long sizeBytes();

  /** Probabilities are the softmax of the sums, the loss is cross-entropy. */
  final class Logistic implements Link {
    @Override
    public void answer(final double[] sums) {
      PortableMath.softmax(sums);
    }

    @Override
    public double error(final double[] predicted, final int output, final double target) {
      return predicted[output] - (output == (int) target ? 1 : 0);
    }

    @Override
    public void learn(final double target) {}

    @Override
    public void write(final ImageWriter out) {}

    @Override
    public void read(final ImageReader in) {}

    @Override
    public long sizeBytes() {
      return 0;
    }
  }

  /** The sum is the number in deviations from its mean, the loss half the squared error. */
  final class Identity implements Link {
    /** Deviations beyond which an error counts no more. */
    private static final double FARTHEST = 3;

    private final TargetScale scale = new TargetScale();

    @Override
    public void answer(final double[] sums) {
      sums[0] = scale.restore(sums[0]);
    }

    @Override
    public double error(final double[] predicted, final int output, final double target) {
      final double error = scale.standardise(predicted[0]) - scale.standardise(target);
      return Math.max(-FARTHEST, Math.min(FARTHEST, error));
    }

    @Override
    public void learn(final double target) {
      scale.learn(target);
    }

    @Override
    public void write(final ImageWriter out) {
      scale.write(out);
    }

    @Override
    public void read(final ImageReader in) {
      scale.read(in);
    }

    @Override
    public long sizeBytes() {
      return scale.sizeBytes();
    }
  }
}
