package dev.braid.experts.basic;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.data.TargetState;
import dev.braid.experts.PortableMath;

/** What the sums of a linear model mean, by the sort of target. */
interface Link extends TargetState {

  /** The one for a schema's target. */
  static Link of(final Schema schema) {
    return schema.target() instanceof Target.Quantity ? new Identity() : new Logistic();
  }

  /** Turns one sum per output into a prediction, in place. */
  void answer(double[] sums);

  /** Derivative of the loss by one sum, given the prediction. */
  double error(double[] predicted, int output, double target);

  /** Takes in a target, when its event was learned. */
  default void learn(final double target) {}

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
  }

  /** The sum is the number in deviations from its mean, the loss half the squared error. */
  final class Identity extends TargetState.OfNumbers implements Link {
    @Override
    public void answer(final double[] sums) {
      sums[0] = scale.restore(sums[0]);
    }

    @Override
    public double error(final double[] predicted, final int output, final double target) {
      return scale.error(predicted[0], target);
    }

    @Override
    public void learn(final double target) {
      scale.learn(target);
    }
  }
}
