package dev.braid.experts.moe;

import java.util.Objects;

/**
 * How the layer weighs its experts for a row.
 *
 * @param kind what turns the gate's logits into affinities
 * @param chosen experts that compute a row, beside the shared ones; ignored by {@link Kind#SOFTMAX}
 * @param shared experts that compute every row with weight 1, beside those the gate chooses from
 * @param balanceWeight factor of the load-balancing loss, 0 for none; see {@link #topK}
 * @param balanceWindow rows over which the share of each expert is counted, with exponentially
 *     falling weight; meant to be larger than a batch
 */
public record GateSpec(Kind kind, int chosen, int shared, double balanceWeight, int balanceWindow) {

  /** Window of {@link #topK} and {@link #sigmoid} in rows. */
  public static final int DEFAULT_WINDOW = 8192;

  /** What turns logits into affinities. */
  public enum Kind {
    /** Every expert computes every row; the weights are the softmax of the logits. */
    SOFTMAX,
    /** The experts with the largest softmax compute the row. */
    TOP_K,
    /** The experts with the largest sigmoid compute the row, with weights that sum to 1. */
    SIGMOID
  }

  public GateSpec {
    Objects.requireNonNull(kind, "kind");
    final int least = kind == Kind.SIGMOID ? 2 : kind == Kind.TOP_K ? 1 : 0;
    if (chosen < least) {
      throw new IllegalArgumentException(
          "a gate of kind " + kind + " chooses at least " + least + " experts, not " + chosen);
    }
    if (shared < 0) {
      throw new IllegalArgumentException("shared experts cannot be " + shared);
    }
    if (!(balanceWeight >= 0 && balanceWeight <= 1)) {
      throw new IllegalArgumentException(
          "the balance weight must lie between 0 and 1, not at " + balanceWeight);
    }
    if (balanceWindow < 1) {
      throw new IllegalArgumentException("a balance window of " + balanceWindow + " rows");
    }
  }

  /** All experts on every row, weighted by the softmax of the logits (Jacobs et al. 1991). */
  public static GateSpec softmax() {
    return new GateSpec(Kind.SOFTMAX, 0, 0, 0, DEFAULT_WINDOW);
  }

  /**
   * The experts with the largest softmax. For one expert the weight is its softmax, so that the
   * gate has a gradient (Switch Transformers, Fedus et al. 2021, section 2.1); for more the weights
   * are normalised over those chosen (GShard, Lepikhin et al. 2020).
   *
   * <p>The balance loss is {@code weight * E * sum_e f_e P_e}: f_e is the share of the window's
   * choices that fell on expert e, P_e the mean softmax of e in the batch (Switch Transformers,
   * equation 4; counted over more than one batch as in "Demons in the Detail", Qiu et al. 2025).
   * Equal load makes it {@code weight}.
   *
   * @param chosen experts per row, 1 or more
   * @param balanceWeight usually 0.01
   */
  public static GateSpec topK(final int chosen, final double balanceWeight) {
    return new GateSpec(Kind.TOP_K, chosen, 0, balanceWeight, DEFAULT_WINDOW);
  }

  /**
   * The experts with the largest sigmoid, weights normalised over those chosen, beside shared
   * experts that see every row (DeepSeekMoE, Dai et al. 2024, section 3.2; sigmoid affinity as in
   * DeepSeek-V3, 2024, equations 13 to 15). The balance loss is that of {@link #topK} over
   * affinities normalised over all experts.
   *
   * @param chosen experts per row, 2 or more: the normalised weight of one is always 1
   * @param shared experts that see every row
   */
  public static GateSpec sigmoid(final int chosen, final int shared, final double balanceWeight) {
    return new GateSpec(Kind.SIGMOID, chosen, shared, balanceWeight, DEFAULT_WINDOW);
  }
}
