package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Experts whose weights a shared network writes: an expert is an embedding, and each of its weights
 * a shared first value plus a linear function of {@code relu(M code(embedding) + m)}. The code is
 * the embedding's cosine and sine, so that its size does not go through to the size of what is
 * written, and what is written is added to weights that are there (Ortiz et al. 2023, "Magnitude
 * Invariant Parametrizations Improve Hypernetwork Learning", section 4); without it, the embedding
 * itself.
 *
 * @param hidden units of an expert
 * @param embedding numbers that an expert has of its own
 * @param writers hidden units of the network that writes
 * @param invariant whether the embedding is coded by its angles
 */
public record Hyper(int hidden, int embedding, int writers, boolean invariant) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "hyper",
          "One network writes the weights of all experts of the kind from an embedding of each.",
          List.of(
              new Option("hidden", "32", "Hidden units of an expert, 1 to 65536."),
              new Option("embedding", "4", "Numbers that an expert has of its own, 1 to 1024."),
              new Option("writers", "8", "Hidden units of the network that writes, 1 to 1024."),
              new Option("invariant", "true", "Whether the embedding's size does not go through.")),
          options ->
              new Hyper(
                  options.integer("hidden", 1, 65_536),
                  options.integer("embedding", 1, 1024),
                  options.integer("writers", 1, 1024),
                  options.flag("invariant")));

  private int code() {
    return invariant ? 2 * embedding : embedding;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(Tensor.of("embedding", 1, Axis.of(embedding)));
  }

  @Override
  public List<Tensor> shared(final int inputs, final int outputs) {
    final List<Tensor> tensors = new ArrayList<>(new Mlp(hidden).tensors(inputs, outputs));
    final double first = Math.sqrt(6.0 / inputs / writers);
    final double second = Math.sqrt(6.0 / (hidden + outputs) / writers);
    final Axis written = Axis.of(writers);
    tensors.add(Tensor.of("h1", first, Axis.units(hidden), Axis.IN, written));
    tensors.add(Tensor.of("h2", second, Axis.OUT, Axis.units(hidden), written));
    tensors.add(Tensor.of("m", Math.sqrt(6.0 / code()), written, Axis.of(code())));
    tensors.add(Tensor.zeros("m-bias", written));
    return tensors;
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  /** What both matrices take, which stand at the front of the scratch memory. */
  private int written(final Work work) {
    return hidden * (work.inputs() + work.outputs());
  }

  /** Writes both matrices; behind them what the writers say, and the code that they read. */
  private float[] write(final Work work, final int room) {
    final int size = written(work);
    final float[] scratch = work.scratch(size + writers + code() + room);
    final float[] shared = work.shared();
    for (int k = 0; k < embedding; k++) {
      final float value = work.theta()[k];
      scratch[size + writers + k] = invariant ? (float) StrictMath.cos(value) : value;
      if (invariant) {
        scratch[size + writers + embedding + k] = (float) StrictMath.sin(value);
      }
    }
    for (int u = 0; u < writers; u++) {
      float sum = shared[work.sharedAt("m-bias") + u];
      for (int k = 0; k < code(); k++) {
        sum += shared[work.sharedAt("m") + u * code() + k] * scratch[size + writers + k];
      }
      scratch[size + u] = Math.max(0, sum);
    }
    final int first = hidden * work.inputs();
    write(work, work.sharedAt("w1"), work.sharedAt("h1"), first, 0, scratch, size);
    write(work, work.sharedAt("w2"), work.sharedAt("h2"), size - first, first, scratch, size);
    return scratch;
  }

  private void write(
      final Work work,
      final int base,
      final int h,
      final int length,
      final int to,
      final float[] scratch,
      final int says) {
    for (int i = 0; i < length; i++) {
      float sum = work.shared()[base + i];
      for (int u = 0; u < writers; u++) {
        sum += work.shared()[h + i * writers + u] * scratch[says + u];
      }
      scratch[to + i] = sum;
    }
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final float[] written = write(work, 0);
    final float[] units = work.tape();
    final float[] shared = work.shared();
    final Products products = work.products();
    final int d = work.inputs();
    final int c = work.outputs();
    for (int r = 0; r < rows; r++) {
      System.arraycopy(shared, work.sharedAt("b1"), units, r * hidden, hidden);
      System.arraycopy(shared, work.sharedAt("b2"), out, r * c, c);
    }
    products.timesTransposed(rows, hidden, d, x, 0, written, 0, true, units, 0);
    Mlp.rectify(units, rows * hidden);
    products.timesTransposed(rows, c, hidden, units, 0, written, hidden * d, true, out, 0);
  }

  @Override
  public void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    final int d = work.inputs();
    final int c = work.outputs();
    final int size = written(work);
    final int first = hidden * d;
    final int unit = size + writers + code();
    final int matrix = unit + rows * hidden;
    final int says = matrix + hidden * Math.max(d, c);
    final float[] scratch = write(work, says - unit + writers);
    final Products products = work.products();
    final float[] units = work.tape();
    Arrays.fill(scratch, says, says + writers, 0);
    products.columnSums(rows, c, outGradient, 0, scratch, matrix);
    Film.add(scratch, matrix, c, work.sharedGradient(), work.sharedAt("b2"));
    products.transposedTimes(c, hidden, rows, outGradient, 0, units, 0, scratch, matrix);
    throughWritten(
        work, work.sharedAt("w2"), work.sharedAt("h2"), size - first, scratch, matrix, says);
    products.times(rows, hidden, c, outGradient, 0, scratch, first, scratch, unit);
    OwnLoss.mask(scratch, unit, units, rows * hidden);
    products.columnSums(rows, hidden, scratch, unit, scratch, matrix);
    Film.add(scratch, matrix, hidden, work.sharedGradient(), work.sharedAt("b1"));
    products.transposedTimes(hidden, d, rows, scratch, unit, x, 0, scratch, matrix);
    throughWritten(work, work.sharedAt("w1"), work.sharedAt("h1"), first, scratch, matrix, says);
    if (inputGradient != null) {
      products.times(rows, d, hidden, scratch, unit, scratch, 0, inputGradient, 0);
    }
    throughWriters(work, scratch, size, says);
  }

  /** Of a matrix to its first values, to the map that wrote it, and to what the writers said. */
  private void throughWritten(
      final Work work,
      final int base,
      final int h,
      final int length,
      final float[] scratch,
      final int matrix,
      final int says) {
    final int size = written(work);
    for (int i = 0; i < length; i++) {
      final float g = scratch[matrix + i];
      work.sharedGradient()[base + i] += g;
      for (int u = 0; u < writers; u++) {
        work.sharedGradient()[h + i * writers + u] += g * scratch[size + u];
        scratch[says + u] += g * work.shared()[h + i * writers + u];
      }
    }
  }

  private void throughWriters(
      final Work work, final float[] scratch, final int size, final int says) {
    Arrays.fill(work.gradient(), 0, embedding, 0);
    for (int u = 0; u < writers; u++) {
      final float g = scratch[size + u] > 0 ? scratch[says + u] : 0;
      work.sharedGradient()[work.sharedAt("m-bias") + u] += g;
      for (int k = 0; k < code(); k++) {
        final int m = work.sharedAt("m") + u * code() + k;
        work.sharedGradient()[m] += g * scratch[size + writers + k];
        work.gradient()[k % embedding] += g * work.shared()[m] * slope(work, k);
      }
    }
  }

  /** Of an element of the code. */
  private float slope(final Work work, final int k) {
    final float value = work.theta()[k % embedding];
    if (!invariant) {
      return 1;
    }
    return (float) (k < embedding ? -StrictMath.sin(value) : StrictMath.cos(value));
  }

  @Override
  public String text() {
    return "hyper(" + hidden + "," + embedding + "," + writers + "," + invariant + ")";
  }
}
