package dev.braid.router.combine;

import dev.braid.data.Target;
import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;

/** What makes one prediction out of those of a {@link Chain}'s links, by what each was worth. */
interface LinkPool {

  static LinkPool of(final Target target, final int members, final int links) {
    return target instanceof Target.Quantity ? new OfNumbers(members, links) : new OfClasses(links);
  }

  /** Turns what a link put out into its prediction, which goes to {@code at}. */
  void put(double[] output, double[] predictions, int at);

  /**
   * Puts out one prediction.
   *
   * @param predictions flat, of all links from {@code from} on
   */
  void combine(double[] predictions, int from, double[] prediction);

  /** Learns what the links' predictions were worth. */
  void learn(double[] predictions, int from, double target, double weight);

  /** Puts what it wants to see again of an event into the last row, where numbers have one. */
  default void keep(final double[] predictions) {}

  /** Takes in a target, late or not, after all was learned that is to be learned with it. */
  default void meet(final double target) {}

  /** Labels come late, see {@link Combiner#late}. */
  default void late(final double delay, final double known) {}

  /** Predictions have become wider. */
  void grow(int width);

  long sizeBytes();

  void write(ImageWriter out);

  void read(ImageReader in);

  /** Of links that put out logits. */
  final class OfClasses implements LinkPool {
    private final LogOpinionPool pool;
    private final int links;
    private double[] logs;
    private int classes;

    OfClasses(final int links) {
      this.links = links;
      pool = new LogOpinionPool(links, LogOpinionPool.CLOSE, LogOpinionPool.MEMORY);
    }

    @Override
    public void put(final double[] output, final double[] predictions, final int at) {
      pool.put(output, predictions, at);
    }

    @Override
    public void combine(final double[] predictions, final int from, final double[] prediction) {
      pool.count(predictions, from, classes, logs);
      pool.combine(logs, prediction);
      PortableMath.softmax(prediction);
    }

    @Override
    public void learn(
        final double[] predictions, final int from, final double target, final double weight) {
      pool.count(predictions, from, classes, logs);
      pool.learn(logs, target, weight);
    }

    @Override
    public void grow(final int width) {
      classes = width;
      logs = new double[links * width];
    }

    @Override
    public long sizeBytes() {
      return pool.sizeBytes() + 8L * logs.length;
    }

    @Override
    public void write(final ImageWriter out) {
      pool.write(out);
    }

    @Override
    public void read(final ImageReader in) {
      pool.read(in);
    }
  }

  /**
   * Of links that put out a number. Beside them stands the mean of the middle half of the members'
   * numbers, which nobody has to learn: where labels come late, weights that were right once are
   * often wrong by now, and it is hard to beat (Jose and Winkler, "Simple robust averages of
   * forecasts", International Journal of Forecasting 2008). From the first late label on there
   * stands the mean of all targets too: while few labels are known, and these of one stretch of the
   * stream, what members made of them may be worth less than that.
   */
  final class OfNumbers implements LinkPool {
    /** Nats of loss above the best that divide a weight by e: few candidates, all of them good. */
    private static final double CLOSE = 0.1;

    /** See {@link NumberPool}. */
    private static final double DOUBT = 1;

    private final NumberPool pool;

    /** With the mean of all targets, from the first late label on. */
    private final NumberPool latePool;

    private boolean late;
    private double targets;
    private double mean;

    // Scratch of one event.
    private final double[] sorted;
    private final double[] candidates;

    OfNumbers(final int members, final int links) {
      pool = new NumberPool(links + 1, CLOSE, NumberPool.MEMORY, 0);
      latePool = new NumberPool(links + 2, CLOSE, NumberPool.MEMORY, DOUBT);
      sorted = new double[members];
      candidates = new double[links + 2];
    }

    /**
     * The links' numbers, then the middle of the members', which lie before them, and the mean of
     * all targets, in the last row.
     */
    private void gather(final double[] predictions, final int from) {
      final int links = candidates.length - 2;
      System.arraycopy(predictions, from, candidates, 0, links);
      candidates[links] = middle(predictions);
      candidates[links + 1] = predictions[predictions.length - 1];
    }

    private NumberPool pool() {
      return late ? latePool : pool;
    }

    private double middle(final double[] predictions) {
      final int members = sorted.length;
      System.arraycopy(predictions, 0, sorted, 0, members);
      Arrays.sort(sorted);
      final int spared = members / 4;
      double sum = 0;
      for (int m = spared; m < members - spared; m++) {
        sum += sorted[m];
      }
      return sum / (members - 2 * spared);
    }

    @Override
    public void put(final double[] output, final double[] predictions, final int at) {
      predictions[at] = output[0];
    }

    @Override
    public void combine(final double[] predictions, final int from, final double[] prediction) {
      gather(predictions, from);
      pool().combine(candidates, prediction);
    }

    @Override
    public void learn(
        final double[] predictions, final int from, final double target, final double weight) {
      gather(predictions, from);
      pool().learn(candidates, target, weight);
    }

    @Override
    public void keep(final double[] predictions) {
      predictions[predictions.length - 1] = mean;
    }

    @Override
    public void meet(final double target) {
      targets++;
      mean += (target - mean) / targets;
    }

    @Override
    public void late(final double delay, final double known) {
      late = true;
      latePool.late(delay);
      latePool.doubt(known);
    }

    @Override
    public void grow(final int width) {}

    @Override
    public long sizeBytes() {
      return pool.sizeBytes()
          + latePool.sizeBytes()
          + 8L * (sorted.length + candidates.length)
          + 24;
    }

    @Override
    public void write(final ImageWriter out) {
      pool.write(out);
      latePool.write(out);
      out.putDouble(targets).putDouble(mean);
    }

    @Override
    public void read(final ImageReader in) {
      pool.read(in);
      latePool.read(in);
      targets = in.getDoubleIn(0, Double.MAX_VALUE, "targets");
      mean = in.getFinite("mean of the targets");
    }
  }
}
