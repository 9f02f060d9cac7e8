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

  /** Layout: inputs, outputs, then per input and for the bias: weight, columns of both moments. */
  void write(final ImageWriter out) {
    out.putInt(inputs).putInt(outputs);
    for (int i = 0; i <= inputs; i++) {
      out.putFloats(weight[i], outputs);
      Column.write(first[i], outputs, out);
      Column.write(second[i], outputs, out);
    }
  }

  static LinearLayer read(final ImageReader in) {
    final int inputs = in.getIntIn(0, in.remaining(), "inputs of a layer");
    final int outputs = in.getIntIn(0, in.remaining(), "outputs of a layer");
    // Checked before the arrays are made, so that a damaged count cannot ask for all memory.
    if (4L * (inputs + 1) * (outputs + 1L) > in.remaining()) {
      throw new MalformedImageException(
          "a layer of " + inputs + " x " + outputs + " does not fit the image");
    }
    final float[][] weight = new float[inputs + 1][];
    final float[][] first = new float[inputs + 1][];
    final float[][] second = new float[inputs + 1][];
    for (int i = 0; i <= inputs; i++) {
      weight[i] = new float[outputs];
      first[i] = new float[outputs];
      second[i] = new float[outputs];
      in.getFloats(weight[i], 0, outputs);
      Column.read(first[i], outputs, in);
      Column.read(second[i], outputs, in);
    }
    return new LinearLayer(outputs, weight, first, second);
  }
}
