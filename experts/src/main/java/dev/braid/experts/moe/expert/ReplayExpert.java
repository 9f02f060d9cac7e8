package dev.braid.experts.moe.expert;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * What experts have in common that are networks over a window of rows: every eight events they take
 * one step on these and 24 earlier ones.
 */
abstract class ReplayExpert implements Expert {
  /** Rows of a step. */
  static final int BATCH = 32;

  /** How often one event enters the window at the most. */
  private static final int MOST = 32;

  private static final int REMEMBERED = 1000;
  private static final int FRESH = 8;

  private final FeatureEncoder encoder;
  private final ReplayWindow window;
  final Head head;

  // A schema without features makes a row of one input, which is 0.
  private float[] row;
  private boolean dirty = true;

  /**
   * @param seed of the draws from the window
   */
  ReplayExpert(final Schema schema, final FeatureEncoder encoder, final long seed) {
    this.encoder = encoder;
    head = Head.of(schema);
    window = new ReplayWindow(REMEMBERED, FRESH, BATCH, encoder.inputs(), 1, seed);
    row = new float[Math.max(1, encoder.inputs())];
  }

  /**
   * The prediction of one row; changes nothing that matters later.
   *
   * @param x shape [inputs], or one 0 where there are no inputs
   */
  abstract void answer(float[] x, double[] prediction);

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
  public final void predict(final double[] x, final double[] prediction) {
    encoder.encode(x, row);
    answer(row, prediction);
  }

  /** The event enters the window as often as its weight says, rounded, once at the least. */
  @Override
  public final void learn(final double[] x, final double target, final double weight) {
    final float taken = head.taken(target);
    encoder.learn(x);
    for (long times = Math.round(Math.max(1, Math.min(MOST, weight))); times > 0; times--) {
      encoder.encode(x, window.nextInput());
      window.nextTarget()[0] = taken;
      if (window.add()) {
        final int rows = window.draw();
        step(window.batchInput(), window.batchTarget(), rows);
      }
    }
    dirty = true;
  }

  @Override
  public final void grow(final Schema schema) {
    encoder.grow(schema);
    head.grow(schema);
    window.grow(encoder.inputs(), 1);
    row = new float[Math.max(1, encoder.inputs())];
    resize(encoder.inputs(), head.outputs());
    dirty = true;
  }

  /** Bytes of encoder, head, window and row. */
  final long replayBytes() {
    return encoder.sizeBytes() + head.sizeBytes() + window.sizeBytes() + 4L * row.length;
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }

  final void writeEncoder(final ImageWriter out) {
    encoder.write(out);
  }

  /** Writes head and window, with which an image ends. */
  final void writeWindow(final ImageWriter out) {
    head.write(out);
    window.write(out);
  }

  /** Reads what {@link #writeWindow} wrote. */
  final void readWindow(final ImageReader in) {
    head.read(in);
    window.read(in);
    in.end();
    window.checkTargets(head::check);
    markClean();
  }
}
