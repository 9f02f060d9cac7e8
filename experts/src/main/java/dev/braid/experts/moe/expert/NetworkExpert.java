package dev.braid.experts.moe.expert;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;

/**
 * What experts have in common that are networks: an event becomes a row of floats, which the
 * network answers, and which it learns from once enough of them are there for a step.
 */
abstract class NetworkExpert implements Expert {
  /** What the outputs mean. */
  final Head head;

  private float[] row;
  private boolean dirty = true;

  /**
   * @param width of a row
   */
  NetworkExpert(final Schema schema, final int width) {
    head = Head.of(schema);
    row = new float[width];
  }

  /** Writes the network's inputs into a row. */
  abstract void encode(double[] x, float[] inputs);

  /**
   * The prediction of one row; changes nothing that matters later.
   *
   * @param inputs of the width that was asked for
   */
  abstract void answer(float[] inputs, double[] prediction);

  /**
   * Takes a labelled event in, and makes a step where one is due.
   *
   * @param taken the target as the head holds it
   */
  abstract void take(double[] x, float taken, double weight);

  /**
   * The schema has more features or classes; the head has grown.
   *
   * @return width of a row from now on
   */
  abstract int resize(Schema schema);

  /** Heap bytes of the row. */
  final long rowBytes() {
    return 4L * row.length;
  }

  @Override
  public final void predict(final double[] x, final double[] prediction) {
    encode(x, row);
    answer(row, prediction);
  }

  @Override
  public final void learn(final double[] x, final double target, final double weight) {
    take(x, head.taken(target), weight);
    dirty = true;
  }

  @Override
  public final void grow(final Schema schema) {
    head.grow(schema);
    row = new float[resize(schema)];
    dirty = true;
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }
}
