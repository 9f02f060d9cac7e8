package dev.braid.experts.moe.net;

import dev.braid.state.image.Column;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A fully connected layer y = x W + b with its gradients and Adam moments. */
final class LinearLayer {
  /** Side of the squares that are transposed at a time: a cache line of each row. */
  private static final int TILE = 16;

  /** Numbers that are written at a time, where a row has fewer. */
  private static final int BLOCK = 64;

  private int inputs;
  private int outputs;
  // All of shape [inputs, outputs]; the last row, index inputs, belongs to the bias. The gradient
  // is
  // null until there is one.
  private float[][] weight;
  private float[][] gradient;
  private float[][] first;
  private float[][] second;
  private float[][] transposed;
  private boolean transposedIsOld;

  /** Xavier-uniform weights (Glorot and Bengio, 2010, equation 16), zero bias. */
  LinearLayer(final int inputs, final int outputs, final SplittableRandom random) {
    allocate(inputs, outputs);
    final double bound = Math.sqrt(6.0 / (inputs + outputs));
    for (int i = 0; i < inputs; i++) {
      for (int j = 0; j < outputs; j++) {
        weight[i][j] = (float) (bound * (2 * random.nextDouble() - 1));
      }
    }
  }

  private LinearLayer(
      final int outputs, final float[][] weight, final float[][] first, final float[][] second) {
    this.inputs = weight.length - 1;
    this.outputs = outputs;
    this.weight = weight;
    this.first = first;
    this.second = second;
  }

  private void allocate(final int newInputs, final int newOutputs) {
    inputs = newInputs;
    outputs = newOutputs;
    weight = new float[inputs + 1][outputs];
    gradient = null;
    first = new float[inputs + 1][outputs];
    second = new float[inputs + 1][outputs];
    transposed = null;
  }

  int inputs() {
    return inputs;
  }

  int outputs() {
    return outputs;
  }

  /**
   * y = x W + b for one row.
   *
   * @param sparse whether many inputs may be 0: it is a matter of time alone
   */
  void forward(final float[] x, final float[] y, final boolean sparse) {
    System.arraycopy(weight[inputs], 0, y, 0, outputs);
    Kernels.multiplyAdd(x, weight, y, inputs, sparse);
  }

  /** y[r] = x[r] W + b for the first {@code rows} rows. */
  void forward(final float[][] x, final float[][] y, final int rows, final boolean sparse) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(weight[inputs], 0, y[r], 0, outputs);
    }
    Kernels.multiplyAdd(x, weight, y, rows, inputs, sparse);
  }

  /** Adds the gradient of the first {@code rows} rows, given that of the layer's output. */
  void accumulate(
      final float[][] x, final float[][] outputGradient, final int rows, final boolean sparse) {
    final float[][] sum = gradients();
    Kernels.transposedMultiplyAdd(x, outputGradient, sum, rows, inputs, sparse);
    for (int r = 0; r < rows; r++) {
      Kernels.addScaled(sum[inputs], 1, outputGradient[r]);
    }
  }

  /** Gradient of the layer's input: d W', for the first {@code rows} rows. */
  void backward(final float[][] outputGradient, final float[][] inputGradient, final int rows) {
    for (int r = 0; r < rows; r++) {
      Arrays.fill(inputGradient[r], 0);
    }
    Kernels.multiplyAdd(outputGradient, transposed(), inputGradient, rows, outputs, false);
  }

  /** The weights by output, so that the backward pass runs along rows as well. */
  private float[][] transposed() {
    if (transposed == null) {
      transposed = new float[outputs][inputs];
      transposedIsOld = true;
    }
    if (transposedIsOld) {
      for (int i = 0; i < inputs; i += TILE) {
        for (int j = 0; j < outputs; j += TILE) {
          transpose(i, Math.min(inputs, i + TILE), j, Math.min(outputs, j + TILE));
        }
      }
      transposedIsOld = false;
    }
    return transposed;
  }

  private void transpose(final int fromInput, final int toInput, final int from, final int to) {
    for (int j = from; j < to; j++) {
      final float[] row = transposed[j];
      for (int i = fromInput; i < toInput; i++) {
        row[i] = weight[i][j];
      }
    }
  }

  /** One Adam step with the gradient gathered since the last. */
  void step(final float rate, final float correction) {
    final float[][] sum = gradients();
    for (int i = 0; i <= inputs; i++) {
      Adam.updateRow(weight[i], sum[i], first[i], second[i], rate, correction);
    }
    transposedIsOld = true;
  }

  /** Adds inputs with weight 0 and outputs with weight and bias 0. */
  void grow(final int newInputs, final int newOutputs) {
    if (newInputs == inputs && newOutputs == outputs) {
      return;
    }
    final float[][][] old = {weight, gradients(), first, second};
    final int oldInputs = inputs;
    final int oldOutputs = outputs;
    allocate(newInputs, newOutputs);
    final float[][][] grown = {weight, gradients(), first, second};
    for (int m = 0; m < old.length; m++) {
      for (int i = 0; i < oldInputs; i++) {
        System.arraycopy(old[m][i], 0, grown[m][i], 0, oldOutputs);
      }
      System.arraycopy(old[m][oldInputs], 0, grown[m][newInputs], 0, oldOutputs);
    }
  }

  float[][] weights() {
    return weight;
  }

  float[][] gradients() {
    if (gradient == null) {
      gradient = new float[inputs + 1][outputs];
    }
    return gradient;
  }

  long sizeBytes() {
    return 4L * (inputs + 1) * (4L * outputs + 16) + 4L * inputs * outputs;
  }

  /** Bytes of {@link #sizeBytes} that are not held yet. */
  long bytesNotHeld() {
    return (gradient == null ? (inputs + 1) * (4L * outputs + 16) : 0)
        + (transposed == null ? 4L * inputs * outputs : 0);
  }

  /**
   * Layout: inputs, outputs, then of the rows of inputs and bias, so many at a time as have {@link
   * #BLOCK} numbers: weights, columns of both moments.
   *
   * @param stepped whether there was a step; until then the moments are 0 and are left out
   */
  void write(final boolean stepped, final ImageWriter out) {
    out.putInt(inputs).putInt(outputs);
    final int most = rowsOfBlock(outputs);
    final float[] block = new float[most * outputs];
    for (int i = 0; i <= inputs; i += most) {
      final int rows = Math.min(most, inputs + 1 - i);
      out.putFloats(block, join(weight, i, rows, block));
      if (stepped) {
        Column.write(block, join(first, i, rows, block), out);
        Column.write(block, join(second, i, rows, block), out);
      }
    }
  }

  private static int rowsOfBlock(final int outputs) {
    return Math.max(1, BLOCK / Math.max(1, outputs));
  }

  /** Numbers that were put into the block. */
  private int join(final float[][] matrix, final int row, final int rows, final float[] block) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(matrix[row + r], 0, block, r * outputs, outputs);
    }
    return rows * outputs;
  }

  private static void part(
      final float[] block, final float[][] matrix, final int row, final int rows) {
    final int outputs = block.length / rows;
    for (int r = 0; r < rows; r++) {
      matrix[row + r] = Arrays.copyOfRange(block, r * outputs, (r + 1) * outputs);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param stepped as it was written with
   */
  static LinearLayer read(final boolean stepped, final ImageReader in) {
    final int inputs = in.getIntIn(0, in.remaining(), "inputs of a layer");
    final int outputs = in.getIntIn(0, in.remaining(), "outputs of a layer");
    // Checked before the arrays are made, so that a damaged count cannot ask for all memory.
    if (4L * (inputs + 1) * outputs > in.remaining()) {
      throw new MalformedImageException(
          "a layer of " + inputs + " x " + outputs + " does not fit the image");
    }
    final float[][] weight = new float[inputs + 1][];
    final float[][] first = new float[inputs + 1][];
    final float[][] second = new float[inputs + 1][];
    final int most = rowsOfBlock(outputs);
    for (int i = 0; i <= inputs; i += most) {
      final int rows = Math.min(most, inputs + 1 - i);
      final float[] block = new float[rows * outputs];
      in.getFloats(block, 0, block.length);
      part(block, weight, i, rows);
      readMoments(stepped, block, in);
      part(block, first, i, rows);
      readMoments(stepped, block, in);
      part(block, second, i, rows);
    }
    return new LinearLayer(outputs, weight, first, second);
  }

  private static void readMoments(
      final boolean stepped, final float[] block, final ImageReader in) {
    if (stepped) {
      Column.read(block, block.length, in);
    } else {
      Arrays.fill(block, 0);
    }
  }
}
