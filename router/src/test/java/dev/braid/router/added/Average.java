package dev.braid.router.added;

import dev.braid.experts.PortableMath;
import dev.braid.router.combine.Combiner;
import dev.braid.router.combine.CombinerKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;
import java.util.List;

/** A combiner that learns nothing: every member counts alike. */
public final class Average implements Combiner {
  private final int members;
  private double[] taken;

  Average(final int members) {
    this.members = members;
  }

  @Override
  public void take(final double[] predictions, final double[] before) {
    taken = predictions;
  }

  @Override
  public void combine(final double[] output) {
    Arrays.fill(output, 1e-9);
    for (int i = 0; i < members * output.length; i++) {
      output[i % output.length] += taken[i] / members;
    }
    for (int c = 0; c < output.length; c++) {
      output[c] = PortableMath.log(output[c]);
    }
  }

  @Override
  public void learn(final double target, final double weight) {}

  @Override
  public void learnAsked(
      final double[] kept, final int at, final double target, final double weight) {}

  @Override
  public void learnArrived(final double target, final double weight) {}

  @Override
  public void grow(final int width) {}

  @Override
  public long sizeBytes() {
    return 24;
  }

  @Override
  public void write(final ImageWriter out) {}

  @Override
  public void read(final ImageReader in) {}

  /** Its entry in the registry. */
  public static final class Kind extends CombinerKind {
    public Kind() {
      super(
          "average",
          "The mean of the members' probabilities.",
          List.of(),
          options -> (members, width, seed) -> new Average(members));
    }
  }
}
