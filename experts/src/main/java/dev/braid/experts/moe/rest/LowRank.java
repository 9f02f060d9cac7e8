package dev.braid.experts.moe.rest;

import dev.braid.experts.CounterRandom;
import dev.braid.experts.moe.Codec;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Each matrix as the product of two narrow ones, those of its largest singular values, where that
 * takes less; arrays of one axis stay as they are (MC-SMoE, Li et al. 2024, "Merge, Then Compress:
 * Demystify Efficient SMoE with Hints from Its Routing Policy": what merged experts have in common
 * leaves matrices of low rank). An array of more than two axes is taken as a matrix with its first
 * one.
 *
 * <p>Packed: 32-bit floats; of a matrix {@code A = U V} one column of U and one row of V after
 * another.
 *
 * @param rank of each matrix at the most, 1 or more
 */
public record LowRank(int rank) implements Codec {
  /** Rounds of the power method for each singular vector. */
  private static final int ROUNDS = 30;

  static final Word<Codec> WORD =
      new Word<>(
          "low-rank",
          "Each matrix as the product of two narrow ones.",
          List.of(new Option("rank", "4", "Of each matrix at the most, 1 to 1024.")),
          options -> new LowRank(options.integer("rank", 1, 1024)));

  @Override
  public int bytes(final Layout layout) {
    int floats = 0;
    for (final Tensor tensor : layout.tensors()) {
      final int rows = rows(layout, tensor);
      final int columns = layout.sizeOf(tensor.name()) / rows;
      floats += isNarrowed(rows, columns) ? rank * (rows + columns) : rows * columns;
    }
    return Float.BYTES * floats;
  }

  private static int rows(final Layout layout, final Tensor tensor) {
    return tensor.axes().get(0).length(layout.inputs(), layout.outputs());
  }

  private boolean isNarrowed(final int rows, final int columns) {
    return (long) rank * (rows + columns) < (long) rows * columns;
  }

  @Override
  public byte[] pack(final Layout layout, final float[] theta, final float[] base) {
    final ByteBuffer packed = ByteBuffer.allocate(bytes(layout));
    for (final Tensor tensor : layout.tensors()) {
      final int at = layout.at(tensor.name());
      final int size = layout.sizeOf(tensor.name());
      final int rows = rows(layout, tensor);
      if (isNarrowed(rows, size / rows)) {
        factor(theta, at, rows, size / rows, packed);
      } else {
        for (int i = at; i < at + size; i++) {
          packed.putFloat(theta[i]);
        }
      }
    }
    return packed.array();
  }

  /** Takes one pair of singular vectors after another from a matrix. */
  private void factor(
      final float[] theta, final int at, final int m, final int n, final ByteBuffer to) {
    final double[] left = new double[m * n];
    for (int i = 0; i < left.length; i++) {
      left[i] = theta[at + i];
    }
    final double[] u = new double[m];
    final double[] v = new double[n];
    for (int k = 0; k < rank; k++) {
      for (int j = 0; j < n; j++) {
        v[j] = CounterRandom.unit(k, j) - 0.5;
      }
      normalise(v);
      for (int round = 0; round < ROUNDS; round++) {
        times(left, v, u);
        transposedTimes(left, u, v);
        normalise(v);
      }
      times(left, v, u);
      for (int i = 0; i < m; i++) {
        to.putFloat((float) u[i]);
        for (int j = 0; j < n; j++) {
          left[i * n + j] -= u[i] * v[j];
        }
      }
      for (int j = 0; j < n; j++) {
        to.putFloat((float) v[j]);
      }
    }
  }

  private static void times(final double[] matrix, final double[] v, final double[] u) {
    for (int i = 0; i < u.length; i++) {
      double sum = 0;
      for (int j = 0; j < v.length; j++) {
        sum += matrix[i * v.length + j] * v[j];
      }
      u[i] = sum;
    }
  }

  private static void transposedTimes(final double[] matrix, final double[] u, final double[] v) {
    for (int j = 0; j < v.length; j++) {
      v[j] = 0;
    }
    for (int i = 0; i < u.length; i++) {
      for (int j = 0; j < v.length; j++) {
        v[j] += matrix[i * v.length + j] * u[i];
      }
    }
  }

  /** Of a matrix of zeros nothing is left to be made longer. */
  private static void normalise(final double[] v) {
    double squares = Double.MIN_NORMAL;
    for (final double x : v) {
      squares += x * x;
    }
    final double length = Math.sqrt(squares);
    for (int j = 0; j < v.length; j++) {
      v[j] /= length;
    }
  }

  @Override
  public void unpack(
      final byte[] packed, final Layout layout, final float[] base, final float[] theta) {
    final ByteBuffer in = ByteBuffer.wrap(packed);
    for (final Tensor tensor : layout.tensors()) {
      final int at = layout.at(tensor.name());
      final int size = layout.sizeOf(tensor.name());
      final int m = rows(layout, tensor);
      final int n = size / m;
      if (!isNarrowed(m, n)) {
        for (int i = at; i < at + size; i++) {
          theta[i] = in.getFloat();
        }
        continue;
      }
      for (int i = at; i < at + size; i++) {
        theta[i] = 0;
      }
      for (int k = 0; k < rank; k++) {
        final int u = in.position();
        final int v = u + Float.BYTES * m;
        for (int i = 0; i < size; i++) {
          theta[at + i] +=
              in.getFloat(u + Float.BYTES * (i / n)) * in.getFloat(v + Float.BYTES * (i % n));
        }
        in.position(v + Float.BYTES * n);
      }
    }
  }

  @Override
  public String text() {
    return "low-rank(" + rank + ")";
  }
}
