package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
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
public record Hyper(int hidden, int embedding, int writers, boolean invariant)
    implements WrittenMlp {
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

  @Override
  public int states() {
    return 1;
  }

  /** Length of the code. */
  @Override
  public int own() {
    return invariant ? 2 * embedding : embedding;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(Tensor.of("embedding", 1, Axis.of(embedding)));
  }

  @Override
  public List<Tensor> shared(final int inputs, final int outputs) {
    final List<Tensor> tensors = writtenTensors(inputs, outputs);
    final Axis says = Axis.of(writers);
    tensors.add(Tensor.of("m", Math.sqrt(6.0 / own()), says, Axis.of(own())));
    tensors.add(Tensor.zeros("m-bias", says));
    return tensors;
  }

  /** What the writers say. */
  @Override
  public void makeStates(final Work work, final float[] scratch) {
    final int says = statesAt(work);
    final int code = ownAt(work);
    final float[] shared = work.shared();
    for (int k = 0; k < embedding; k++) {
      final float value = work.theta()[k];
      scratch[code + k] = invariant ? (float) StrictMath.cos(value) : value;
      if (invariant) {
        scratch[code + embedding + k] = (float) StrictMath.sin(value);
      }
    }
    for (int u = 0; u < writers; u++) {
      float sum = shared[work.sharedAt("m-bias") + u];
      for (int k = 0; k < own(); k++) {
        sum += shared[work.sharedAt("m") + u * own() + k] * scratch[code + k];
      }
      scratch[says + u] = Math.max(0, sum);
    }
  }

  @Override
  public void throughStates(final Work work, final float[] scratch, final int gradients) {
    final int says = statesAt(work);
    final int code = ownAt(work);
    Arrays.fill(work.gradient(), 0, embedding, 0);
    for (int u = 0; u < writers; u++) {
      final float g = scratch[says + u] > 0 ? scratch[gradients + u] : 0;
      work.sharedGradient()[work.sharedAt("m-bias") + u] += g;
      for (int k = 0; k < own(); k++) {
        final int m = work.sharedAt("m") + u * own() + k;
        work.sharedGradient()[m] += g * scratch[code + k];
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
