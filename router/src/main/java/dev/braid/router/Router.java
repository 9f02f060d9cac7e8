package dev.braid.router;

import dev.braid.experts.neural.Adam;
import dev.braid.experts.neural.Mlp;
import dev.braid.image.BlockState;
import dev.braid.image.ImageReader;
import dev.braid.image.ImageWriter;
import dev.braid.image.MalformedImageException;

/**
 * The neural router of DriftMoE: an MLP d - hidden - hidden/2 - E with one logit per expert,
 * trained towards a mask of the experts that were right, by binary cross-entropy over each
 * mini-batch.
 *
 * <p>As a part of a learner's state it is the network alone; the mini-batch that waits is saved
 * apart, since it changes with every event and the network only once per batch.
 */
final class Router implements BlockState {
  private final Mlp net;
  private final MiniBatch pending;
  private final float[][] slice = new float[Mlp.SLICE][];
  private boolean dirty = true;

  Router(
      final int inputs,
      final int experts,
      final int hidden,
      final int batch,
      final Adam adam,
      final long seed) {
    this(new Mlp(new int[] {inputs, hidden, Math.max(1, hidden / 2), experts}, adam, seed), batch);
  }

  private Router(final Mlp net, final int batch) {
    this.net = net;
    this.pending = new MiniBatch(batch, net.inputs(), net.outputs());
  }

  static Router read(
      final ImageReader in, final int inputs, final int experts, final int batch, final Adam adam) {
    final Mlp net = Mlp.read(in, adam);
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
    return new Router(net, batch);
  }

  /**
   * One logit per expert; changes nothing.
   *
   * @param x scaled inputs, shape [features]
   * @return shape [experts], valid until the next call
   */
  float[] logits(final float[] x) {
    return net.forward(x);
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
    for (int from = 0; from < rows; from += Mlp.SLICE) {
      final int count = Math.min(Mlp.SLICE, rows - from);
      for (int r = 0; r < count; r++) {
        slice[r] = pending.input(from + r);
      }
      final float[][] logits = net.forward(slice, count);
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

  /** By StrictMath, since Math.exp may differ in the last bit between machines. */
  private static float sigmoid(final float logit) {
    return (float) (1 / (1 + StrictMath.exp(-logit)));
  }

  void grow(final int inputs) {
    net.grow(inputs, net.outputs());
    pending.grow(inputs, net.outputs());
    dirty = true;
  }

  MiniBatch pending() {
    return pending;
  }

  long sizeBytes() {
    return net.sizeBytes() + pending.sizeBytes();
  }

  @Override
  public boolean isDirty(final int block) {
    return dirty;
  }

  @Override
  public void writeBlock(final int block, final ImageWriter out) {
    net.write(out);
  }

  @Override
  public void markClean() {
    dirty = false;
  }
}
