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
public record HyperRnn(int hidden, int embedding, int writers) implements WrittenMlp {
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
  public int states() {
    return 2;
  }

  @Override
  public int own() {
    return 0;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(Tensor.of("embedding", 1, Axis.of(embedding)));
  }

  @Override
  public List<Tensor> shared(final int inputs, final int outputs) {
    final List<Tensor> tensors = writtenTensors(inputs, outputs);
    final Axis state = Axis.of(writers);
    tensors.add(Tensor.of("m", Math.sqrt(3.0 / embedding), state, Axis.of(embedding)));
    tensors.add(Tensor.zeros("m-bias", state));
    tensors.add(Tensor.of("u", Math.sqrt(3.0 / writers), state, state));
    return tensors;
  }

  @Override
  public void makeStates(final Work work, final float[] scratch) {
    final int first = statesAt(work);
    recur(work, scratch, first, -1);
    recur(work, scratch, first + writers, first);
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

  @Override
  public void throughStates(final Work work, final float[] scratch, final int gradients) {
    final int first = statesAt(work);
    Arrays.fill(work.gradient(), 0, embedding, 0);
    throughState(work, scratch, first + writers, gradients + writers, first, gradients);
    throughState(work, scratch, first, gradients, -1, -1);
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
