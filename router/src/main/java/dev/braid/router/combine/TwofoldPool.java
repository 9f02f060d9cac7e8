package dev.braid.router.combine;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * Combines by an {@link OpinionPool}, fit for labels that come late. A member can be weighed by
 * what it predicted when it was asked, which is honest about how fast its knowledge ages, or by
 * what it predicts when the label arrives, which is news from a whole delay later and follows a
 * drift that much sooner. Which is better depends on the stream, so there is a pool of each sort,
 * and a third one between the two, by what either was worth lately. Until a label comes late there
 * is but the first.
 *
 * <p>Layout of its image: pool by what was asked, whether a label came late, pool by what arrived,
 * pool of the two.
 *
 * @param <P> the sort of pool
 */
final class TwofoldPool<P extends OpinionPool<P>> implements Combiner {
  private final String kind;
  private final int members;
  private final P asked;
  private final P arrived;
  private final P between;
  private boolean late;

  private final double[] weight;

  /** Has counted the members of an event already when this takes it; or null. */
  private TwofoldPool<?> before;

  // Scratch of one event.
  private double[] counted;
  private double[] bothCounted;
  private double[] askedOutput;
  private double[] arrivedOutput;

  /**
   * @param kind name in the registry
   * @param width values of one prediction
   * @param asked weighs members by what they predicted when they were asked
   * @param arrived by what they predict when the label arrives
   * @param between weighs the two
   */
  TwofoldPool(
      final String kind,
      final int members,
      final int width,
      final P asked,
      final P arrived,
      final P between) {
    this.kind = kind;
    this.members = members;
    this.asked = asked;
    this.arrived = arrived;
    this.between = between;
    weight = new double[members];
    grow(width);
  }

  @Override
  public void grow(final int width) {
    counted = new double[members * width];
    bothCounted = new double[2 * width];
    askedOutput = new double[width];
    arrivedOutput = new double[width];
  }

  /** Pools of one sort count alike, whatever their options. */
  @Override
  public void behind(final Combiner link) {
    if (link instanceof TwofoldPool<?> pool && pool.asked.getClass() == asked.getClass()) {
      before = pool;
    }
  }

  @Override
  public int keptRows() {
    return 2;
  }

  @Override
  public double[] weights() {
    if (!late) {
      return asked.weights();
    }
    final double[] first = asked.weights();
    final double[] second = arrived.weights();
    final double[] share = between.weights();
    for (int m = 0; m < weight.length; m++) {
      weight[m] = share[0] * first[m] + share[1] * second[m];
    }
    return weight;
  }

  @Override
  public void take(final double[] predictions, final double[] outputBefore) {
    if (before == null) {
      asked.count(predictions, 0, askedOutput.length, counted);
    } else {
      counted = before.counted;
    }
  }

  @Override
  public void combine(final double[] output) {
    asked.combine(counted, askedOutput);
    System.arraycopy(askedOutput, 0, output, 0, output.length);
    if (late) {
      arrived.combine(counted, arrivedOutput);
      final double[] share = between.weights();
      for (int c = 0; c < output.length; c++) {
        output[c] = share[0] * askedOutput[c] + share[1] * arrivedOutput[c];
      }
    }
  }

  /** Predictions by either pool. */
  @Override
  public void keep(final double[] rows, final int at) {
    final int width = askedOutput.length;
    asked.put(askedOutput, rows, at);
    if (late) {
      arrived.put(arrivedOutput, rows, at + width);
    } else {
      System.arraycopy(rows, at, rows, at + width, width);
    }
  }

  @Override
  public void late(final double delay, final double known) {
    becomeLate();
    asked.doubt(known);
    arrived.doubt(known);
    between.late(delay);
  }

  private void becomeLate() {
    if (!late) {
      arrived.copy(asked);
      setLate();
    }
  }

  private void setLate() {
    late = true;
    asked.becomeLate();
    arrived.becomeLate();
  }

  @Override
  public void learn(final double target, final double weight) {
    asked.learn(counted, target, weight);
    if (late) {
      arrived.learn(counted, target, weight);
    }
  }

  @Override
  public void learnAsked(
      final double[] kept, final int at, final double target, final double weight) {
    becomeLate();
    asked.learn(counted, target, weight);
    between.count(kept, at, askedOutput.length, bothCounted);
    between.learn(bothCounted, target, weight);
  }

  @Override
  public void learnArrived(final double target, final double weight) {
    arrived.learn(counted, target, weight);
  }

  @Override
  public long sizeBytes() {
    return asked.sizeBytes()
        + arrived.sizeBytes()
        + between.sizeBytes()
        + 8L * (weight.length + counted.length + bothCounted.length)
        + 16L * askedOutput.length
        + 128;
  }

  @Override
  public void write(final ImageWriter out) {
    asked.write(out.begin(ImageKind.COMBINER, kind));
    out.putBoolean(late);
    arrived.write(out);
    between.write(out);
  }

  @Override
  public void read(final ImageReader in) {
    in.begin(ImageKind.COMBINER, kind);
    asked.read(in);
    if (in.getBoolean()) {
      setLate();
    }
    arrived.read(in);
    between.read(in);
  }
}
