package dev.braid.router.driftmoe;

import dev.braid.experts.PortableMath;
import dev.braid.experts.moe.net.Adam;
import dev.braid.experts.moe.net.FeedForwardNet;
import dev.braid.experts.moe.net.MiniBatch;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import java.util.List;

/**
 * The neural router of DriftMoE: an MLP d - hidden - hidden/2 - E with one logit per expert,
 * trained towards a mask of the experts that were right, by binary cross-entropy over each
 * mini-batch.
 *
 * <p>As a part of a learner's state it is the network alone; the mini-batch that waits is saved
 * apart, since it changes with every event and the network only once per batch.
 */
final class Router implements Part {
  /**
   * What makes one router differ from another.
   *
   * @param hidden units of the first hidden layer; the second has half as many
   * @param batch events per step
   * @param dropout share of the first layer's units that are off in each pass, 0 for none
   * @param seed of weights and dropout
   */
  record Settings(int hidden, int batch, Adam adam, double dropout, long seed) {
    /** The options that every preset with such a router has. */
    static List<Option> options(final int batch, final double dropout) {
      return List.of(
          new Option("hidden", "256", "Units of the first hidden layer, 2 to 65536."),
          new Option("learning-rate", "0.002", "Adam's step size, above 0.").whichMayChange(),
          new Option(
              "batch", Integer.toString(batch), "Events per step of the router, 1 to 65536."),
          new Option(
              "dropout",
              Double.toString(dropout),
              "Share of the first hidden layer's units that are off in each pass, also when"
                  + " predicting, 0 to 0.9."),
          new Option(
              "scale-inputs",
              "true",
              "Whether the router sees standardised features; false feeds them raw, as the"
                  + " published code does."));
    }

    static Settings of(final Options options, final long seed) {
      return of(options, options.real("dropout", 0, 0.9), seed);
    }

    static Settings of(final Options options, final double dropout, final long seed) {
      return new Settings(
          options.integer("hidden", 2, 1 << 16),
          options.integer("batch", 1, 1 << 16),
          Adam.withLearningRate(options.real("learning-rate", 1e-9, 10)),
          dropout,
          seed);
    }
  }

  private final FeedForwardNet net;
  private final MiniBatch pending;
  private final float[][] slice = new float[FeedForwardNet.SLICE][];
  private boolean dirty = true;

  Router(final int inputs, final int experts, final Settings settings) {
    this(
        new FeedForwardNet(
            new int[] {inputs, settings.hidden, Math.max(1, settings.hidden / 2), experts},
            settings.adam,
            settings.seed),
        settings);
  }

  private Router(final FeedForwardNet net, final Settings settings) {
    this.net = net.withDropout(settings.dropout, settings.seed);
    this.pending = new MiniBatch(settings.batch, net.inputs(), net.outputs());
  }

  static Router read(
      final ImageReader in, final int inputs, final int experts, final Settings settings) {
    final FeedForwardNet net = FeedForwardNet.read(in, settings.adam);
    in.end();
    if (net.inputs() != inputs || net.outputs() != experts) {
      throw new MalformedImageException(
          "the router maps "
              + net.inputs()
              + " features to "
              + net.outputs()
              + " experts, expected are "
              + inputs
              + " and "
              + experts);
    }
    return new Router(net, settings);
  }

  /**
   * One logit per expert; changes nothing.
   *
   * @param x scaled inputs, shape [features]
   * @return shape [experts], valid until the next call
   */
  float[] logits(final float[] x) {
    return net.forward(x, pending.events());
  }

  /**
   * Takes one event into the mini-batch, and a step once that is full.
   *
   * @param x scaled inputs, shape [features]
   * @param mask 1 for the experts that were right, else 0; shape [experts]
   */
  void learn(final float[] x, final float[] mask) {
    pending.add(x, mask);
    if (pending.isFull()) {
      step();
      pending.clear();
      dirty = true;
    }
  }

  /**
   * One Adam step on the mean loss. The weights have not moved since the batch began, so that the
   * logits computed here are those computed when each event came.
   */
  private void step() {
    final int rows = pending.count();
    final float scale = 1f / ((float) rows * net.outputs());
    for (int from = 0; from < rows; from += FeedForwardNet.SLICE) {
      final int count = Math.min(FeedForwardNet.SLICE, rows - from);
      for (int r = 0; r < count; r++) {
        slice[r] = pending.input(from + r);
      }
      final float[][] logits = net.forward(slice, count, pending.events() - rows + from);
      final float[][] gradient = net.outputGradient();
      for (int r = 0; r < count; r++) {
        final float[] target = pending.target(from + r);
        for (int e = 0; e < target.length; e++) {
          gradient[r][e] = (sigmoid(logits[r][e]) - target[e]) * scale;
        }
      }
      net.backward(slice, count);
    }
    net.step();
  }

  private static float sigmoid(final float logit) {
    return (float) (1 / (1 + PortableMath.exp(-logit)));
  }

  void grow(final int inputs, final int experts) {
    net.grow(inputs, experts);
    pending.grow(inputs, experts);
    dirty = true;
  }

  int[] shape() {
    return net.sizes();
  }

  MiniBatch pending() {
    return pending;
  }

  long sizeBytes() {
    return net.sizeBytes() + pending.sizeBytes();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    net.write(out);
  }

  @Override
  public void markClean() {
    dirty = false;
  }
}
