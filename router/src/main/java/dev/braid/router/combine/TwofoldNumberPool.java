package dev.braid.router.combine;

import dev.braid.data.Target;
import dev.braid.spec.Option;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;

/**
 * The combiner {@code number-pool}, fit for labels that come late as {@link TwofoldPool} is: one
 * pool weighs members by what they predicted when they were asked, another by what they predict
 * when the label arrives, and a third stands between the two.
 *
 * <p>Layout of its image: pool by what was asked, whether a label came late, pool by what arrived,
 * pool of the two.
 */
final class TwofoldNumberPool implements Combiner {
  private static final String KIND = "number-pool";

  private final NumberPool asked;
  private final NumberPool arrived;
  private final NumberPool between = new NumberPool(2, NumberPool.CLOSE, NumberPool.MEMORY);
  private final double[] both = new double[2];
  private boolean late;

  /** The event taken last. */
  private double[] predictions;

  TwofoldNumberPool(final int members, final double tolerance, final double memory) {
    asked = new NumberPool(members, tolerance, memory);
    arrived = new NumberPool(members, tolerance, memory);
  }

  @Override
  public void grow(final int width) {}

  @Override
  public int keptRows() {
    return 2;
  }

  @Override
  public double[] weights() {
    final double[] weights = asked.weights();
    if (late) {
      final double[] other = arrived.weights();
      final double[] share = between.weights();
      for (int m = 0; m < weights.length; m++) {
        weights[m] = share[0] * weights[m] + share[1] * other[m];
      }
    }
    return weights;
  }

  @Override
  public void take(final double[] ofMembers, final double[] before) {
    predictions = ofMembers;
  }

  @Override
  public void combine(final double[] number) {
    both[0] = asked.combine(predictions, 0);
    both[1] = late ? arrived.combine(predictions, 0) : both[0];
    number[0] = late ? between.combine(both, 0) : both[0];
  }

  @Override
  public void keep(final double[] rows, final int at) {
    System.arraycopy(both, 0, rows, at, 2);
  }

  @Override
  public void learn(final double target, final double weight) {
    asked.learn(predictions, 0, target, weight);
    if (late) {
      arrived.learn(predictions, 0, target, weight);
    }
  }

  @Override
  public void learnAsked(
      final double[] kept, final int at, final double target, final double weight) {
    if (!late) {
      late = true;
      arrived.copy(asked);
    }
    asked.learn(predictions, 0, target, weight);
    between.learn(kept, at, target, weight);
  }

  @Override
  public void learnArrived(final double target, final double weight) {
    arrived.learn(predictions, 0, target, weight);
  }

  @Override
  public long sizeBytes() {
    return asked.sizeBytes() + arrived.sizeBytes() + between.sizeBytes() + 128;
  }

  @Override
  public void write(final ImageWriter out) {
    asked.write(out.begin(ImageKind.COMBINER, KIND));
    out.putBoolean(late);
    arrived.write(out);
    between.write(out);
  }

  @Override
  public void read(final ImageReader in) {
    in.begin(ImageKind.COMBINER, KIND);
    asked.read(in);
    late = in.getBoolean();
    arrived.read(in);
    between.read(in);
  }

  /** Its entry in the registry. */
  public static final class Kind extends CombinerKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "The weighted mean of the members' numbers, by the log loss of their errors of lately.",
          List.of(
              new Option(
                  "tolerance",
                  "0.02",
                  "Nats of loss above the best that divide a member's weight by e, 0.0001 to 100."),
              new Option("memory", "200", "Events that the loss of lately is about, 1 to 10^9.")),
          (options, members, width, seed) ->
              new TwofoldNumberPool(
                  members, options.real("tolerance", 1e-4, 100), options.real("memory", 1, 1e9)));
    }

    @Override
    public boolean combines(final Target target) {
      return target instanceof Target.Quantity;
    }
  }
}
