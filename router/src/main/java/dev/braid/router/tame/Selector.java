package dev.braid.router.tame;

import dev.braid.experts.CounterRandom;
import dev.braid.experts.PortableMath;
import dev.braid.experts.moe.expert.FeatureScaler;
import dev.braid.experts.moe.net.Adam;
import dev.braid.experts.moe.net.FeedForwardNet;
import dev.braid.router.SavedLearner;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import java.util.Arrays;

/**
 * Says of an event alone which expert it belongs to: a small network over the standardised
 * features, trained while the stream runs on a uniform sample of the events that the experts
 * learned.
 *
 * <p>Layout: chunk 0 is the network; the others ({@code TSEL}, version 1) have a draw count, the
 * scaler and counts of the sample (1), and a part of the sample each.
 */
final class Selector implements Part {
  private static final Adam ADAM = Adam.withLearningRate(0.005);

  /** Steps by which a network that had to start anew catches up. */
  private static final int CATCH_UP = 50;

  private static final double LARGEST_ODDS = 12;

  private final int hidden;
  private final long seed;
  private final FeatureScaler scaler;
  private final Reservoir reservoir;
  private final float[][] batch = new float[FeedForwardNet.SLICE][];
  private final float[][] target = new float[FeedForwardNet.SLICE][1];
  private FeedForwardNet net;
  private long draws;
  private float[] inputs;
  private double[] row;
  private double[] outputs;
  private int[] share;

  private boolean netDirty = true;
  private boolean dirty = true;

  /**
   * @param features of the schema
   * @param experts in the pool
   * @param capacity of the sample
   */
  Selector(
      final int features,
      final int experts,
      final int hidden,
      final int capacity,
      final long seed) {
    this.hidden = hidden;
    this.seed = seed;
    scaler = new FeatureScaler(features, true);
    reservoir = new Reservoir(capacity, features, CounterRandom.bits(seed, -1));
    net = untrained(features, experts);
    shape(features, experts);
  }

  private FeedForwardNet untrained(final int features, final int experts) {
    return new FeedForwardNet(new int[] {features, hidden, experts}, ADAM, seed);
  }

  private void shape(final int features, final int experts) {
    inputs = new float[features];
    row = new double[features];
    for (int r = 0; r < batch.length; r++) {
      batch[r] = new float[features];
    }
    outputs = new double[experts];
    share = new int[experts];
  }

  Reservoir reservoir() {
    return reservoir;
  }

  /** Takes in an event that an expert learned. */
  void remember(final double[] x, final int expertNumber) {
    scaler.learn(x);
    reservoir.offer(x, expertNumber);
    dirty = true;
  }

  /** Counts how often each expert occurs in the sample; before {@link #logOdds}. */
  void count(final int[] numbers) {
    Arrays.fill(share, 0);
    for (int r = 0; r < reservoir.count(); r++) {
      share[indexOf(numbers, reservoir.expert(r))]++;
    }
  }

  private static int indexOf(final int[] numbers, final int number) {
    for (int e = 0; e < numbers.length; e++) {
      if (numbers[e] == number) {
        return e;
      }
    }
    throw new MalformedImageException(
        "the selector's sample has events of expert " + number + ", which the pool lacks");
  }

  /** Whether it has anything to say: two experts or more, and a step taken. */
  boolean isReady() {
    return outputs.length > 1 && net.steps() > 0;
  }

  /**
   * Puts {@link #logOdds} to an event.
   *
   * @param x the event
   */
  void look(final double[] x) {
    scaler.scale(x, inputs);
    final float[] logits = net.forward(inputs, 0);
    for (int e = 0; e < outputs.length; e++) {
      outputs[e] = logits[e];
    }
  }

  /**
   * How much more likely the event {@link #look looked at} is where one expert learned than where
   * another did, as a logarithm: the network's odds, less what the sample's shares alone give.
   */
  double logOdds(final int expert, final int against) {
    if (share[expert] == 0 || share[against] == 0) {
      return -LARGEST_ODDS;
    }
    final double odds =
        outputs[expert]
            - outputs[against]
            - PortableMath.log((double) share[expert] / share[against]);
    return Math.max(-LARGEST_ODDS, Math.min(LARGEST_ODDS, odds));
  }

  /**
   * One Adam step on events drawn from the sample.
   *
   * @param numbers of the experts, in the pool's order
   */
  void step(final int[] numbers) {
    if (numbers.length < 2 || reservoir.count() < batch.length) {
      return;
    }
    for (int r = 0; r < batch.length; r++) {
      final int drawn = CounterRandom.below(reservoir.count(), seed, draws++);
      reservoir.copy(drawn, row);
      scaler.scale(row, batch[r]);
      target[r][0] = indexOf(numbers, reservoir.expert(drawn));
    }
    net.learnClasses(batch, target, batch.length);
    netDirty = true;
    dirty = true;
  }

  /** An expert was added at the end of the pool. */
  void opened() {
    net.grow(inputs.length, outputs.length + 1);
    shape(inputs.length, outputs.length + 1);
    netDirty = true;
  }

  /**
   * Experts are gone: which output stands for whom has changed, and the network starts anew.
   *
   * @param numbers of the experts that remain, in the pool's order
   */
  void restart(final int[] numbers) {
    net = untrained(inputs.length, numbers.length);
    shape(inputs.length, numbers.length);
    for (int s = 0; s < CATCH_UP; s++) {
      step(numbers);
    }
    netDirty = true;
    dirty = true;
  }

  void grow(final int features) {
    scaler.grow(features);
    reservoir.grow(features);
    if (net.steps() == 0) {
      // Inputs that are grown start with weight 0, and a network of such inputs alone cannot learn.
      net = untrained(features, outputs.length);
    } else {
      net.grow(features, outputs.length);
    }
    shape(features, outputs.length);
    netDirty = true;
    dirty = true;
  }

  int[] shape() {
    return net.sizes();
  }

  long sizeBytes() {
    return net.sizeBytes()
        + scaler.sizeBytes()
        + reservoir.sizeBytes()
        + (batch.length + 3L) * (4L * inputs.length + 16);
  }

  @Override
  public int chunkCount() {
    return 2 + reservoir.chunks();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return switch (chunk) {
      case 0 -> netDirty;
      case 1 -> dirty;
      default -> reservoir.isDirty(chunk - 2);
    };
  }

  @Override
  public void markClean() {
    netDirty = false;
    dirty = false;
    reservoir.markClean();
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    switch (chunk) {
      case 0 -> net.write(out);
      case 1 -> {
        scaler.write(out.begin(ImageKind.SELECTOR).putLong(draws));
        reservoir.writeCounts(out);
      }
      default -> reservoir.writeChunk(chunk - 2, out.begin(ImageKind.SELECTOR));
    }
  }

  /** Reads into a new selector of the same sizes. */
  void read(final SavedLearner saved, final int part) {
    final ImageReader network = saved.chunk(part, 0);
    net = FeedForwardNet.read(network, ADAM);
    network.end();
    if (net.inputs() != inputs.length || net.outputs() != outputs.length) {
      throw new MalformedImageException(
          "the selector maps " + net.inputs() + " features to " + net.outputs() + " experts");
    }
    final ImageReader in = saved.chunk(part, 1);
    in.begin(ImageKind.SELECTOR);
    draws = in.getLong();
    scaler.read(in);
    reservoir.readCounts(in);
    in.end();
    for (int chunk = 0; chunk < reservoir.chunks(); chunk++) {
      final ImageReader rows = saved.chunk(part, 2 + chunk);
      rows.begin(ImageKind.SELECTOR);
      reservoir.readChunk(chunk, rows);
      rows.end();
    }
  }
}
