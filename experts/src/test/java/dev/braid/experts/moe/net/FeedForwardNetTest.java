package dev.braid.experts.moe.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedForwardNetTest {
  private static final Adam ADAM = Adam.withLearningRate(0.01);

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "7, 0", "32, 0", "7, 0.3"})
  void backwardIsTheDerivativeOfForward(final int rows, final double dropout) {
    final int[] sizes = {5, 9, 7, 3};
    final FeedForwardNet net = new FeedForwardNet(sizes, ADAM, 11).withDropout(dropout, 5);
    final float[][] x = random(rows, sizes[0], 1);
    final float[][] direction = random(FeedForwardNet.SLICE, sizes[3], 2);
    net.forward(x, rows, 40);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(direction[r], 0, net.outputGradient()[r], 0, sizes[3]);
    }
    net.backward(x, rows);

    final DoubleNet reference = new DoubleNet(net, sizes.length - 1, new Dropout(dropout, 5), 40);
    for (int layer = 0; layer < sizes.length - 1; layer++) {
      for (int i = 0; i <= sizes[layer]; i++) {
        for (int j = 0; j < sizes[layer + 1]; j++) {
          final double numeric = reference.slope(x, direction, rows, layer, i, j);
          assertEquals(numeric, net.gradients(layer)[i][j], 1e-4 * Math.max(1, Math.abs(numeric)));
        }
      }
    }
  }

  @Test
  void oneRowAndABatchAgree() {
    final FeedForwardNet net = new FeedForwardNet(new int[] {6, 10, 4}, ADAM, 3);
    final float[][] x = random(9, 6, 4);
    final float[][] batch = net.forward(x, 9, 0);
    for (int r = 0; r < 9; r++) {
      assertArrayEquals(batch[r], net.forward(x[r], r), 1e-6f);
    }
  }

  @Test
  void anAdamStepIsThatOfThePaper() {
    final Adam adam = Adam.withLearningRate(0.1);
    final float[] w = {1, 1};
    final float[] m = new float[2];
    final float[] v = new float[2];
    double w0 = 1;
    double m0 = 0;
    double v0 = 0;
    for (int t = 1; t <= 20; t++) {
      final double g = Math.sin(t);
      Adam.updateRow(w, new float[] {(float) g, 0}, m, v, adam.rowRate(t), Adam.rowCorrection(t));
      m0 = 0.9 * m0 + 0.1 * g;
      v0 = 0.999 * v0 + 0.001 * g * g;
      w0 -= 0.1 * (m0 / (1 - Math.pow(0.9, t))) / (Math.sqrt(v0 / (1 - Math.pow(0.999, t))) + 1e-8);
      assertEquals(w0, w[0], 1e-5);
    }
    assertEquals(1, w[1]);
  }

  @Test
  void momentsThatFadeNeverBecomeDenormal() {
    final float[] w = {1};
    final float[] m = {1e-3f};
    final float[] v = {1e-3f};
    for (int t = 1; t <= 200_000; t++) {
      Adam.updateRow(w, new float[] {0}, m, v, ADAM.rowRate(t), Adam.rowCorrection(t));
      assertTrue(m[0] == 0 || m[0] >= Float.MIN_NORMAL);
      assertTrue(v[0] == 0 || v[0] >= Float.MIN_NORMAL);
    }
    assertTrue(m[0] < 1e-20f);
  }

  @Test
  void learnsExclusiveOr() {
    final FeedForwardNet net = new FeedForwardNet(new int[] {2, 8, 1}, ADAM, 5);
    final float[][] x = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    final float[] wanted = {0, 1, 1, 0};
    for (int t = 0; t < 1000; t++) {
      final float[][] y = net.forward(x, 4, 0);
      for (int r = 0; r < 4; r++) {
        net.outputGradient()[r][0] = y[r][0] - wanted[r];
      }
      net.backward(x, 4);
      net.step();
    }
    for (int r = 0; r < 4; r++) {
      assertEquals(wanted[r], net.forward(x[r], 0)[0], 0.1);
    }
  }

  @Test
  void newInputsAndOutputsChangeNothingUntilTheyAreTrained() {
    final FeedForwardNet net = new FeedForwardNet(new int[] {2, 8, 3}, ADAM, 5);
    final float[] before = net.forward(new float[] {1, -1}, 0).clone();
    net.grow(4, 5);
    final float[] after = net.forward(new float[] {1, -1, 7, -9}, 0);
    assertArrayEquals(new float[] {before[0], before[1], before[2], 0, 0}, after);
  }

  @Test
  void aRestoredNetworkTrainsOnBitForBit() {
    final FeedForwardNet original = new FeedForwardNet(new int[] {3, 6, 2}, ADAM, 5);
    train(original);
    final ImageWriter out = new ImageWriter();
    original.write(out);
    final FeedForwardNet restored = FeedForwardNet.read(new ImageReader(out.toByteArray()), ADAM);
    train(original);
    train(restored);
    final float[] x = {1, 2, 3};
    assertArrayEquals(original.forward(x, 0).clone(), restored.forward(x, 0));
  }

  private static void train(final FeedForwardNet net) {
    final float[][] x = random(8, 3, 6);
    for (int t = 0; t < 20; t++) {
      final float[][] y = net.forward(x, 8, 0);
      for (int r = 0; r < 8; r++) {
        net.outputGradient()[r][0] = y[r][0] - 1;
        net.outputGradient()[r][1] = y[r][1] + 1;
      }
      net.backward(x, 8);
      net.step();
    }
  }

  private static float[][] random(final int rows, final int columns, final long seed) {
    final SplittableRandom random = new SplittableRandom(seed);
    final float[][] values = new float[rows][columns];
    for (final float[] row : values) {
      for (int j = 0; j < columns; j++) {
        row[j] = (float) (2 * random.nextDouble() - 1);
      }
    }
    return values;
  }

  /** The same network in double, written as the formulas say it. */
  private record DoubleNet(FeedForwardNet net, int layers, Dropout dropout, long firstEvent) {

    /** Central difference of the sum of direction * output by one weight. */
    double slope(
        final float[][] x,
        final float[][] direction,
        final int rows,
        final int layer,
        final int i,
        final int j) {
      final double h = 1e-5;
      return (loss(x, direction, rows, layer, i, j, h) - loss(x, direction, rows, layer, i, j, -h))
          / (2 * h);
    }

    private double loss(
        final float[][] x,
        final float[][] direction,
        final int rows,
        final int layer,
        final int i,
        final int j,
        final double shift) {
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        double[] in = new double[x[r].length];
        for (int k = 0; k < in.length; k++) {
          in[k] = x[r][k];
        }
        for (int l = 0; l < layers; l++) {
          in = layer(in, l, l == layer ? i : -1, j, shift, firstEvent + r);
        }
        for (int k = 0; k < in.length; k++) {
          sum += direction[r][k] * in[k];
        }
      }
      return sum;
    }

    private double[] layer(
        final double[] in,
        final int l,
        final int shiftedInput,
        final int shiftedOutput,
        final double shift,
        final long event) {
      final float[][] w = net.weights(l);
      final double[] out = new double[w[0].length];
      final float[] kept = new float[out.length];
      Arrays.fill(kept, 1);
      if (l == 0) {
        dropout.apply(kept, event);
      }
      for (int k = 0; k < out.length; k++) {
        double sum = 0;
        for (int n = 0; n <= in.length; n++) {
          final double moved = n == shiftedInput && k == shiftedOutput ? shift : 0;
          sum += (n < in.length ? in[n] : 1) * (w[n][k] + moved);
        }
        out[k] = l + 1 < layers ? kept[k] * Math.max(0, sum) : sum;
      }
      return out;
    }
  }
}
