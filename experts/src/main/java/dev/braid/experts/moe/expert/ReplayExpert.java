package dev.braid.experts.moe.expert;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Objects;

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
  private int classes;

  // A schema without features makes a row of one input, which is 0.
  private float[] row;
  private boolean dirty = true;

  /**
   * @param seed of the draws from the window
   */
  ReplayExpert(final Schema schema, final FeatureEncoder encoder, final long seed) {
    this.encoder = encoder;
    classes = schema.classCount();
    window = new ReplayWindow(REMEMBERED, FRESH, BATCH, encoder.inputs(), 1, seed);
    row = new float[Math.max(1, encoder.inputs())];
  }

  /**
   * Class probabilities of one row; changes nothing that matters later.
   *
   * @param x shape [inputs], or one 0 where there are no inputs
   */
  abstract void answer(float[] x, double[] probabilities);

  /**
   * One step.
   *
   * @param x shape [rows][inputs]
   * @param target of each row its class, shape [rows][1]
   */
  abstract void step(float[][] x, float[][] target, int rows);

  /** The schema made more inputs or classes. */
  abstract void resize(int inputs, int newClasses);

  @Override
  public final void predict(final double[] x, final double[] probabilities) {
    encoder.encode(x, row);
    answer(row, probabilities);
  }

  /** The event enters the window as often as its weight says, rounded, once at the least. */
  @Override
  public final void learn(final double[] x, final double target, final double weight) {
    final int label = (int) target;
    Objects.checkIndex(label, classes);
    encoder.learn(x);
    for (long times = Math.round(Math.max(1, Math.min(MOST, weight))); times > 0; times--) {
      encoder.encode(x, window.nextInput());
      window.nextTarget()[0] = label;
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
    classes = schema.classCount();
    window.grow(encoder.inputs(), 1);
    row = new float[Math.max(1, encoder.inputs())];
    resize(encoder.inputs(), classes);
    dirty = true;
  }

  /** Bytes of encoder, window and row. */
  final long replayBytes() {
    return encoder.sizeBytes() + window.sizeBytes() + 4L * row.length;
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

  final void writeWindow(final ImageWriter out) {
    window.write(out);
  }

  /** Reads the window, with which an image ends. */
  final void readWindow(final ImageReader in) {
    window.read(in);
    in.end();
    window.checkClasses(0, classes);
    markClean();
  }
}
