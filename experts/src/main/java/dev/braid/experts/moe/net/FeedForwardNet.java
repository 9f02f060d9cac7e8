package dev.braid.experts.moe.net;

import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.SplittableRandom;

/**
 * A multi-layer perceptron with ReLU between its layers, trained by Adam. Forward and backward
 * passes of a mini-batch run in slices of {@link #SLICE} rows, so that the activations stay in the
 * cache and the scratch memory does not depend on the size of the batch. Not thread-safe.
 */
public final class FeedForwardNet {
  /** Rows that pass through the network together. */
  public static final int SLICE = 32;

  /** Size of an error beyond which it counts no more. */
  private static final float FARTHEST = 3;

  private static final Loss NUMBER_LOSS = FeedForwardNet::numberGradient;

  /** What a step makes smaller. */
  private interface Loss {
    /** Writes the gradient of one row's share of the loss over so many rows. */
    void gradient(float[] out, float[] wanted, int rows, float[] gradient);
  }

  private final Loss classLoss = this::classGradient;
  private final LinearLayer[] layers;
  private final Adam adam;
  private final Dropout dropout;
  private long steps;
  // Activations of one slice behind each layer and the gradients there, made when the first slice
  // comes: a network that is loaded for an event or two meets none. The same of a single row.
  private final float[][][] activation;
  private final float[][][] delta;
  private final float[][] single;
  private double[] classes;
  private final float[][] slice = new float[SLICE][];

  /**
   * A network with random weights.
   *
   * @param sizes inputs, hidden units per layer, outputs; at least two elements
   * @param seed of the weights
   */
  public FeedForwardNet(final int[] sizes, final Adam adam, final long seed) {
    this(randomLayers(sizes, seed), adam, Dropout.NONE, 0);
  }

  private FeedForwardNet(
      final LinearLayer[] layers, final Adam adam, final Dropout dropout, final long steps) {
    this.layers = layers;
    this.adam = adam;
    this.dropout = dropout;
    this.steps = steps;
    activation = new float[layers.length][][];
    delta = new float[layers.length][][];
    single = new float[layers.length][];
    allocateScratch();
  }

  /**
   * The same network with dropout behind its first hidden layer in every pass. A unit is dropped or
   * not by the event's number alone: the same event meets the same mask again.
   *
   * @param rate share of units dropped, 0 to less than 1
   * @param seed of the masks
   */
  public FeedForwardNet withDropout(final double rate, final long seed) {
    return new FeedForwardNet(
        layers, adam, rate == 0 ? Dropout.NONE : new Dropout(rate, seed), steps);
  }

  private static LinearLayer[] randomLayers(final int[] sizes, final long seed) {
    if (sizes.length < 2) {
      throw new IllegalArgumentException("a network needs inputs and outputs");
    }
    final SplittableRandom random = new SplittableRandom(seed);
    final LinearLayer[] layers = new LinearLayer[sizes.length - 1];
    for (int l = 0; l < layers.length; l++) {
      layers[l] = new LinearLayer(sizes[l], sizes[l + 1], random);
    }
    return layers;
  }

  private void allocateScratch() {
    classes = new double[outputs()];
    for (int l = 0; l < layers.length; l++) {
      final int width = layers[l].outputs();
      if (single[l] == null || single[l].length != width) {
        activation[l] = null;
        delta[l] = null;
        single[l] = new float[width];
      }
    }
  }

  private void allocateSlice() {
    for (int l = 0; l < layers.length; l++) {
      if (activation[l] == null) {
        activation[l] = new float[SLICE][single[l].length];
        delta[l] = new float[SLICE][single[l].length];
      }
    }
  }

  /** Width of the first layer's input. */
  public int inputs() {
    return layers[0].inputs();
  }

  /** Width of the last layer's output. */
  public int outputs() {
    return layers[layers.length - 1].outputs();
  }

  /** Width of the input and of every layer, the output last. */
  public int[] sizes() {
    final int[] sizes = new int[layers.length + 1];
    sizes[0] = inputs();
    for (int l = 0; l < layers.length; l++) {
      sizes[l + 1] = layers[l].outputs();
    }
    return sizes;
  }

  /** Adam steps taken so far. */
  public long steps() {
    return steps;
  }

  /**
   * The output for one input; changes nothing but scratch memory.
   *
   * @param x shape [inputs]
   * @param event number of the event, which dropout depends on; any where there is none
   * @return shape [outputs], valid until the next call
   */
  public float[] forward(final float[] x, final long event) {
    float[] in = x;
    for (int l = 0; l < layers.length; l++) {
      layers[l].forward(in, single[l], l == 0);
      if (l + 1 < layers.length) {
        Kernels.rectify(single[l]);
      }
      if (l == 0 && layers.length > 1) {
        dropout.apply(single[0], event);
      }
      in = single[l];
    }
    return in;
  }

  /**
   * The outputs for up to {@link #SLICE} inputs; {@link #backward} may follow.
   *
   * @param x shape [rows, inputs]
   * @param firstEvent number of the event in row 0; the others follow it
   * @return shape [SLICE, outputs], of which the first {@code rows} are valid until the next call
   */
  public float[][] forward(final float[][] x, final int rows, final long firstEvent) {
    allocateSlice();
    float[][] in = x;
    for (int l = 0; l < layers.length; l++) {
      layers[l].forward(in, activation[l], rows, l == 0);
      if (l + 1 < layers.length) {
        for (int r = 0; r < rows; r++) {
          Kernels.rectify(activation[l][r]);
        }
      }
      if (l == 0 && layers.length > 1) {
        for (int r = 0; r < rows; r++) {
          dropout.apply(activation[0][r], firstEvent + r);
        }
      }
      in = activation[l];
    }
    return in;
  }

  /** Where the caller puts the loss gradient of each output, shape [SLICE, outputs]. */
  public float[][] outputGradient() {
    allocateSlice();
    return delta[layers.length - 1];
  }

  /**
   * Adds the parameters' gradient for the slice that {@link #forward(float[][], int, long)} saw
   * last.
   *
   * @param x the same inputs
   */
  public void backward(final float[][] x, final int rows) {
    for (int l = layers.length - 1; l > 0; l--) {
      layers[l].accumulate(activation[l - 1], delta[l], rows, false);
      layers[l].backward(delta[l], delta[l - 1], rows);
      for (int r = 0; r < rows; r++) {
        Kernels.maskGradient(delta[l - 1][r], activation[l - 1][r], l == 1 ? dropout.scale() : 1);
      }
    }
    layers[0].accumulate(x, delta[0], rows, true);
  }

  /** One Adam step with the gradients gathered since the last. */
  public void step() {
    steps++;
    final float rate = adam.rowRate(steps);
    final float correction = Adam.rowCorrection(steps);
    for (final LinearLayer layer : layers) {
      layer.step(rate, correction);
    }
  }

  /**
   * One Adam step on the weighted mean cross-entropy of some rows, their classes being the softmax
   * of the outputs.
   *
   * @param x shape [rows, inputs]
   * @param target of each row its class; behind it, where it is longer, the row's weight, and
   *     behind that a logit for each class that is added to the network's output
   * @param rows 1 or more; they pass in slices
   */
  public void learnClasses(final float[][] x, final float[][] target, final int rows) {
    learn(x, target, rows, classLoss);
  }

  /**
   * One Adam step on the weighted mean of half the squared errors of some rows. An error counts as
   * one of 3 at the most (Huber, "Robust Estimation of a Location Parameter", 1964).
   *
   * @param x shape [rows, inputs]
   * @param target of each row what the one output should be, near 0 and 1 in size; behind it, where
   *     it is longer, the row's weight
   * @param rows 1 or more; they pass in slices
   */
  public void learnNumbers(final float[][] x, final float[][] target, final int rows) {
    learn(x, target, rows, NUMBER_LOSS);
  }

  private void learn(final float[][] x, final float[][] target, final int rows, final Loss loss) {
    for (int from = 0; from < rows; from += SLICE) {
      final int count = Math.min(SLICE, rows - from);
      float[][] in = x;
      if (rows > SLICE) {
        System.arraycopy(x, from, slice, 0, count);
        in = slice;
      }
      final float[][] out = forward(in, count, 0);
      for (int r = 0; r < count; r++) {
        loss.gradient(out[r], target[from + r], rows, outputGradient()[r]);
      }
      backward(in, count);
    }
    step();
  }

  private static void numberGradient(
      final float[] out, final float[] wanted, final int rows, final float[] gradient) {
    final float weight = wanted.length > 1 ? wanted[1] : 1;
    gradient[0] = weight * Math.max(-FARTHEST, Math.min(FARTHEST, out[0] - wanted[0])) / rows;
  }

  private void classGradient(
      final float[] out, final float[] wanted, final int rows, final float[] gradient) {
    final float weight = wanted.length > 1 ? wanted[1] : 1;
    for (int c = 0; c < classes.length; c++) {
      classes[c] = wanted.length > 2 ? wanted[2 + c] + out[c] : out[c];
    }
    PortableMath.softmax(classes);
    classes[(int) wanted[0]] -= 1;
    for (int c = 0; c < classes.length; c++) {
      gradient[c] = (float) (weight * classes[c] / rows);
    }
  }

  /** Widens input and output; what is new starts with weight 0. */
  public void grow(final int inputs, final int outputs) {
    final int last = layers.length - 1;
    layers[0].grow(inputs, last == 0 ? outputs : layers[0].outputs());
    if (last > 0) {
      layers[last].grow(layers[last].inputs(), outputs);
    }
    allocateScratch();
  }

  /**
   * Of one event, passed forward once, and through four rows of a step; kernels do four at once.
   */
  public long operations() {
    final int[] units = sizes();
    long weights = 0;
    for (int layer = 1; layer < units.length; layer++) {
      weights += (long) units[layer - 1] * units[layer];
    }
    return weights * (1 + 4 * 3) / 4;
  }

  /** Heap bytes held once the network has learned since it was made or read, an estimate. */
  public long sizeBytes() {
    long bytes = 64;
    for (final LinearLayer layer : layers) {
      bytes += layer.sizeBytes() + (2L * SLICE + 1) * (4L * layer.outputs() + 16);
    }
    return bytes;
  }

  /** Heap bytes held now, an estimate. */
  public long heldBytes() {
    long bytes = sizeBytes();
    for (int l = 0; l < layers.length; l++) {
      bytes -= layers[l].bytesNotHeld();
      bytes -= activation[l] == null ? 2L * SLICE * (4L * layers[l].outputs() + 16) : 0;
    }
    return bytes;
  }

  /** Weights of a layer, shape [inputs + 1, outputs], the bias last; for tests of the gradient. */
  float[][] weights(final int layer) {
    return layers[layer].weights();
  }

  float[][] gradients(final int layer) {
    return layers[layer].gradients();
  }

  /**
   * Writes weights, moments and step count as a nested part of an image. Layout ({@code MLPN},
   * version 1): steps, number of layers, each layer.
   */
  public void write(final ImageWriter out) {
    out.begin(ImageKind.NETWORK).putLong(steps).putInt(layers.length);
    for (final LinearLayer layer : layers) {
      layer.write(steps > 0, out);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param adam as the written network had it
   * @throws MalformedImageException if the bytes are not a network
   */
  public static FeedForwardNet read(final ImageReader in, final Adam adam) {
    in.begin(ImageKind.NETWORK);
    final long steps = in.getLong();
    final LinearLayer[] layers = new LinearLayer[in.getIntIn(1, 64, "number of layers")];
    for (int l = 0; l < layers.length; l++) {
      layers[l] = LinearLayer.read(steps > 0, in);
      if (l > 0 && layers[l].inputs() != layers[l - 1].outputs()) {
        throw new MalformedImageException("layer " + l + " does not fit the one before it");
      }
    }
    return new FeedForwardNet(layers, adam, Dropout.NONE, steps);
  }
}
