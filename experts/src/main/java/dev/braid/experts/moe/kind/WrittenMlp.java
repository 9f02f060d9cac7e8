package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Work;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A network of one hidden layer of ReLU units whose matrices are written: each is shared first
 * values and a linear function of a state. A kind makes the states of an expert, and goes the way
 * back from their gradients.
 *
 * <p>All lies in the scratch memory, in this order: both matrices, the states, what the kind has of
 * its own; where rows are learned also their hidden units' gradient, one matrix's, and the states'.
 */
interface WrittenMlp extends Kind {
  /** Of a batch that an expert computes, as they are counted; one is predicted, 32 are learned. */
  int ROWS = 8;

  /** Hidden units of the network. */
  int hidden();

  /** Numbers of a state. */
  int writers();

  /** States: 1 for one that writes both matrices, 2 for one each. */
  int states();

  /** Numbers that the kind keeps beside the states. */
  int own();

  /** Makes the states of an expert. */
  void makeStates(Work work, float[] scratch);

  /**
   * Goes the way back from the states.
   *
   * @param gradients where theirs begin
   */
  void throughStates(Work work, float[] scratch, int gradients);

  /** What the experts share: the network's first values, and the maps from states to matrices. */
  default List<Tensor> writtenTensors(final int inputs, final int outputs) {
    final List<Tensor> tensors = new ArrayList<>(new Mlp(hidden()).tensors(inputs, outputs));
    final double first = Math.sqrt(6.0 / inputs / writers());
    final double second = Math.sqrt(6.0 / (hidden() + outputs) / writers());
    final Axis state = Axis.of(writers());
    tensors.add(Tensor.of("h1", first, Axis.units(hidden()), Axis.IN, state));
    tensors.add(Tensor.of("h2", second, Axis.OUT, Axis.units(hidden()), state));
    return tensors;
  }

  /** Both matrices, and what writes them: once for all rows of a batch. */
  @Override
  default long activeParameters(final int inputs, final int outputs) {
    return (long) hidden() * (inputs + outputs)
        + Tensor.size(shared(inputs, outputs), inputs, outputs) / ROWS;
  }

  /** Where the states begin. */
  default int statesAt(final Work work) {
    return hidden() * (work.inputs() + work.outputs());
  }

  /** Where what the kind has of its own begins. */
  default int ownAt(final Work work) {
    return statesAt(work) + states() * writers();
  }

  private int gradientAt(final Work work) {
    return ownAt(work) + own();
  }

  private int stateGradientsAt(final Work work, final int rows) {
    return gradientAt(work) + hidden() * (rows + Math.max(work.inputs(), work.outputs()));
  }

  /** Writes both matrices. */
  private void write(final Work work, final float[] scratch) {
    makeStates(work, scratch);
    final int first = hidden() * work.inputs();
    final int second = hidden() * work.outputs();
    final int state = statesAt(work);
    write(work, "w1", "h1", scratch, 0, first, state);
    write(work, "w2", "h2", scratch, first, second, state + (states() - 1) * writers());
  }

  private void write(
      final Work work,
      final String values,
      final String map,
      final float[] scratch,
      final int to,
      final int length,
      final int state) {
    final float[] shared = work.shared();
    final int base = work.sharedAt(values);
    final int h = work.sharedAt(map);
    final int width = writers();
    for (int i = 0; i < length; i++) {
      float sum = shared[base + i];
      for (int s = 0; s < width; s++) {
        sum += shared[h + i * width + s] * scratch[state + s];
      }
      scratch[to + i] = sum;
    }
  }

  @Override
  default int tape(final int inputs, final int outputs) {
    return hidden();
  }

  @Override
  default void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final float[] scratch = work.scratch(gradientAt(work));
    write(work, scratch);
    final float[] units = work.tape();
    final Products products = work.products();
    final int d = work.inputs();
    final int c = work.outputs();
    for (int r = 0; r < rows; r++) {
      System.arraycopy(work.shared(), work.sharedAt("b1"), units, r * hidden(), hidden());
      System.arraycopy(work.shared(), work.sharedAt("b2"), out, r * c, c);
    }
    products.timesTransposed(rows, hidden(), d, x, 0, scratch, 0, true, units, 0);
    Mlp.rectify(units, rows * hidden());
    products.timesTransposed(rows, c, hidden(), units, 0, scratch, hidden() * d, true, out, 0);
  }

  @Override
  default void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    final int d = work.inputs();
    final int c = work.outputs();
    final int first = hidden() * d;
    final int unit = gradientAt(work);
    final int matrix = unit + rows * hidden();
    final int stateGradients = stateGradientsAt(work, rows);
    final int state = statesAt(work);
    final int next = (states() - 1) * writers();
    final float[] scratch = work.scratch(stateGradients + states() * writers());
    write(work, scratch);
    final Products products = work.products();
    final float[] units = work.tape();
    Arrays.fill(scratch, stateGradients, stateGradients + states() * writers(), 0);
    products.columnSums(rows, c, outGradient, 0, scratch, matrix);
    Film.add(scratch, matrix, c, work.sharedGradient(), work.sharedAt("b2"));
    products.transposedTimes(c, hidden(), rows, outGradient, 0, units, 0, scratch, matrix);
    throughMatrix(
        work, "w2", "h2", scratch, matrix, hidden() * c, state + next, stateGradients + next);
    products.times(rows, hidden(), c, outGradient, 0, scratch, first, scratch, unit);
    OwnLoss.mask(scratch, unit, units, rows * hidden());
    products.columnSums(rows, hidden(), scratch, unit, scratch, matrix);
    Film.add(scratch, matrix, hidden(), work.sharedGradient(), work.sharedAt("b1"));
    products.transposedTimes(hidden(), d, rows, scratch, unit, x, 0, scratch, matrix);
    throughMatrix(work, "w1", "h1", scratch, matrix, first, state, stateGradients);
    if (inputGradient != null) {
      products.times(rows, d, hidden(), scratch, unit, scratch, 0, inputGradient, 0);
    }
    throughStates(work, scratch, stateGradients);
  }

  /** Of a matrix to its first values, to the map that wrote it, and to the state. */
  private void throughMatrix(
      final Work work,
      final String values,
      final String map,
      final float[] scratch,
      final int matrix,
      final int length,
      final int state,
      final int stateGradient) {
    final float[] shared = work.shared();
    final float[] to = work.sharedGradient();
    final int base = work.sharedAt(values);
    final int h = work.sharedAt(map);
    final int width = writers();
    for (int i = 0; i < length; i++) {
      final float g = scratch[matrix + i];
      to[base + i] += g;
      for (int s = 0; s < width; s++) {
        to[h + i * width + s] += g * scratch[state + s];
        scratch[stateGradient + s] += g * shared[h + i * width + s];
      }
    }
  }
}
