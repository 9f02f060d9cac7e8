package dev.braid.experts.moe.expert;

import dev.braid.data.Schema;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * What experts have in common that are networks over a window of rows: every eight events they take
 * one step on these and 24 earlier ones.
 */
abstract class ReplayExpert extends NetworkExpert {
  /** Rows of a step. */
  static final int BATCH = 32;

  /** How often one event enters the window at the most. */
  private static final int MOST = 32;

  private static final int REMEMBERED = 1000;
  private static final int FRESH = 8;

  private final FeatureEncoder encoder;
  private final ReplayWindow window;

  /**
   * @param seed of the draws from the window
   */
  ReplayExpert(final Schema schema, final FeatureEncoder encoder, final long seed) {
    super(schema, width(encoder));
    this.encoder = encoder;
    window = new ReplayWindow(REMEMBERED, FRESH, BATCH, encoder.inputs(), 1, seed);
  }

  /** A schema without features makes a row of one input, which is 0. */
  private static int width(final FeatureEncoder encoder) {
    return Math.max(1, encoder.inputs());
  }

  /**
   * One step.
   *
   * @param x shape [rows][inputs]
   * @param target of each row its target as the head holds it, shape [rows][1]
   */
  abstract void step(float[][] x, float[][] target, int rows);

  /** The schema made more inputs or outputs. */
  abstract void resize(int inputs, int outputs);

  @Override
  final void encode(final double[] x, final float[] inputs) {
    encoder.encode(x, inputs);
  }

  /** The event enters the window as often as its weight says, rounded, once at the least. */
  @Override
  final void take(final double[] x, final float taken, final double weight) {
    encoder.learn(x);
    if (head.outgrewRows()) {
      window.clear();
    }
    for (long times = Math.round(Math.max(1, Math.min(MOST, weight))); times > 0; times--) {
      encoder.encode(x, window.nextInput());
      window.nextTarget()[0] = taken;
      if (window.add()) {
        final int rows = window.draw();
        step(window.batchInput(), window.batchTarget(), rows);
      }
    }
  }

  @Override
  final int resize(final Schema schema) {
    encoder.grow(schema);
    window.grow(encoder.inputs(), 1);
    resize(encoder.inputs(), head.outputs());
    return width(encoder);
  }

  /** Rows that the window has taken in. */
  final long taken() {
    return window.added();
  }

  /** Bytes of encoder, head, window and row. */
  final long replayBytes() {
    return encoder.sizeBytes() + head.sizeBytes() + window.sizeBytes() + rowBytes();
  }

  final void writeEncoder(final ImageWriter out) {
    encoder.write(out);
  }

  /** Writes head and window, with which an image ends. */
  final void writeWindow(final ImageWriter out) {
    head.write(out);
    window.write(encoder.inputs(), out);
  }

  /** Reads what {@link #writeWindow} wrote. */
  final void readWindow(final ImageReader in) {
    head.read(in);
    window.read(encoder.inputs(), in);
    in.end();
    window.checkTargets(head::check);
    markClean();
  }
}
