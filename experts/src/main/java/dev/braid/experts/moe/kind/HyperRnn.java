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
 * Experts whose layers a shared recurrent network writes one after the other, so that the second
 * depends on what the first became: from an expert's embedding e, {@code s1 = tanh(M e + m)} writes
 * the first matrix and {@code s2 = tanh(U s1 + M e + m)} the second, each a linear function of the
 * state beside first values (Chandra et al. 2023, "Continual Learning with Dependency Preserving
 * Hypernetworks", without its penalty on what was written for earlier tasks).
 *
 * @param hidden units of an expert
 * @param embedding numbers that an expert has of its own
 * @param writers numbers of the recurrent network's state
 */
public record HyperRnn(int hidden, int embedding, int writers) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "hyper-rnn",
          "A recurrent network writes an expert's layers, the second after the first, from an"
              + " embedding.",
          List.of(
              new Option("hidden", "32", "Hidden units of an expert, 1 to 65536."),
              new Option("embedding", "4", "Numbers that an expert has of its own, 1 to 1024."),
              new Option("writers", "8", "Numbers of the recurrent network's state, 1 to 1024.")),
          options ->
              new HyperRnn(
                  options.integer("hidden", 1, 65_536),
                  options.integer("embedding", 1, 1024),
                  options.integer("writers", 1, 1024)));

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(Tensor.of("embedding", 1, Axis.of(embedding)));
  }

  @Override
  public List<Tensor> shared(final int inputs, final int outputs) {
    final List<Tensor> tensors = new ArrayList<>(new Mlp(hidden).tensors(inputs, outputs));
    final Axis state = Axis.of(writers);
    tensors.add(
        Tensor.of("h1", Math.sqrt(6.0 / inputs / writers), Axis.units(hidden), Axis.IN, state));
    tensors.add(
        Tensor.of(
            "h2",
            Math.sqrt(6.0 / (hidden + outputs) / writers),
            Axis.OUT,
            Axis.units(hidden),
            state));
    tensors.add(Tensor.of("m", Math.sqrt(3.0 / embedding), state, Axis.of(embedding)));
    tensors.add(Tensor.zeros("m-bias", state));
    tensors.add(Tensor.of("u", Math.sqrt(3.0 / writers), state, state));
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

  /** Writes both matrices; behind them the states that wrote them. */
  private float[] write(final Work work, final int room) {
    final int size = written(work);
    final float[] scratch = work.scratch(size + 2 * writers + room);
    final int first = hidden * work.inputs();
    recur(work, scratch, size, -1);
    recur(work, scratch, size + writers, size);
    write(work, "w1", "h1", first, 0, scratch, size);
    write(work, "w2", "h2", size - first, first, scratch, size + writers);
    return scratch;
  }

  /** A state from the one before it, if there is one. */
  private void recur(final Work work, final float[] scratch, final int to, final int before) {
    final float[] shared = work.shared();
    for (int s = 0; s < writers; s++) {
      float sum = shared[work.sharedAt("m-bias") + s];
      for (int k = 0; k < embedding; k++) {
        sum += shared[work.sharedAt("m") + s * embedding + k] * work.theta()[k];
      }
      for (int b = 0; before >= 0 && b < writers; b++) {
        sum += shared[work.sharedAt("u") + s * writers + b] * scratch[before + b];
      }
      scratch[to + s] = (float) StrictMath.tanh(sum);
    }
  }

  private void write(
      final Work work,
      final String first,
      final String map,
      final int length,
      final int to,
      final float[] scratch,
      final int state) {
    final int base = work.sharedAt(first);
    final int h = work.sharedAt(map);
    for (int i = 0; i < length; i++) {
      float sum = work.shared()[base + i];
      for (int s = 0; s < writers; s++) {
        sum += work.shared()[h + i * writers + s] * scratch[state + s];
      }
      scratch[to + i] = sum;
    }
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final float[] written = write(work, 0);
    final float[] units = work.tape();
    final Products products = work.products();
    final int d = work.inputs();
    final int c = work.outputs();
    for (int r = 0; r < rows; r++) {
      System.arraycopy(work.shared(), work.sharedAt("b1"), units, r * hidden, hidden);
      System.arraycopy(work.shared(), work.sharedAt("b2"), out, r * c, c);
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
    final int unit = size + 2 * writers;
    final int matrix = unit + rows * hidden;
    final int states = matrix + hidden * Math.max(d, c);
    final float[] scratch = write(work, states + 2 * writers - unit);
    final Products products = work.products();
    final float[] units = work.tape();
    Arrays.fill(scratch, states, states + 2 * writers, 0);
    products.columnSums(rows, c, outGradient, 0, scratch, matrix);
    Film.add(scratch, matrix, c, work.sharedGradient(), work.sharedAt("b2"));
    products.transposedTimes(c, hidden, rows, outGradient, 0, units, 0, scratch, matrix);
    throughWritten(work, true, size - first, scratch, matrix, states + writers);
    products.times(rows, hidden, c, outGradient, 0, scratch, first, scratch, unit);
    OwnLoss.mask(scratch, unit, units, rows * hidden);
    products.columnSums(rows, hidden, scratch, unit, scratch, matrix);
    Film.add(scratch, matrix, hidden, work.sharedGradient(), work.sharedAt("b1"));
    products.transposedTimes(hidden, d, rows, scratch, unit, x, 0, scratch, matrix);
    throughWritten(work, false, first, scratch, matrix, states);
    if (inputGradient != null) {
      products.times(rows, d, hidden, scratch, unit, scratch, 0, inputGradient, 0);
    }
    Arrays.fill(work.gradient(), 0, embedding, 0);
    throughState(work, scratch, size + writers, states + writers, size, states);
    throughState(work, scratch, size, states, -1, -1);
  }

  /** Of a matrix to its first values, to the map that wrote it, and to the state. */
  private void throughWritten(
      final Work work,
      final boolean second,
      final int length,
      final float[] scratch,
      final int matrix,
      final int stateGradient) {
    final int base = work.sharedAt(second ? "w2" : "w1");
    final int h = work.sharedAt(second ? "h2" : "h1");
    final int state = written(work) + (second ? writers : 0);
    for (int i = 0; i < length; i++) {
      final float g = scratch[matrix + i];
      work.sharedGradient()[base + i] += g;
      for (int s = 0; s < writers; s++) {
        work.sharedGradient()[h + i * writers + s] += g * scratch[state + s];
        scratch[stateGradient + s] += g * work.shared()[h + i * writers + s];
      }
    }
  }

  /** Of a state to the network, to the embedding, and to the state before it, if there is one. */
  private void throughState(
      final Work work,
      final float[] scratch,
      final int state,
      final int gradient,
      final int before,
      final int beforeGradient) {
    final float[] to = work.sharedGradient();
    final int m = work.sharedAt("m");
    final int u = work.sharedAt("u");
    for (int s = 0; s < writers; s++) {
      final float said = scratch[state + s];
      final float g = scratch[gradient + s] * (1 - said * said);
      to[work.sharedAt("m-bias") + s] += g;
      for (int k = 0; k < embedding; k++) {
        to[m + s * embedding + k] += g * work.theta()[k];
        work.gradient()[k] += g * work.shared()[m + s * embedding + k];
      }
      for (int b = 0; before >= 0 && b < writers; b++) {
        to[u + s * writers + b] += g * scratch[before + b];
        scratch[beforeGradient + b] += g * work.shared()[u + s * writers + b];
      }
    }
  }

  @Override
  public String text() {
    return "hyper-rnn(" + hidden + "," + embedding + "," + writers + ")";
  }
}
