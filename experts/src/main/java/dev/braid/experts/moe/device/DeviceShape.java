package dev.braid.experts.moe.device;

import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.combine.WeightedSum;
import dev.braid.experts.moe.gate.Balance;
import dev.braid.experts.moe.gate.LinearScore;
import dev.braid.experts.moe.gate.SigmoidTopK;
import dev.braid.experts.moe.gate.Softmax;
import dev.braid.experts.moe.gate.TopK;
import dev.braid.experts.moe.kind.Mlp;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.spec.RestSpec;
import java.util.List;

/**
 * A layer as the kernels know it: MLPs of one size behind a linear gate, summed. Every other part
 * of a layer is computed on the CPU alone.
 *
 * @param inputs d
 * @param hidden h
 * @param classes c
 * @param experts E
 * @param shared experts beside those
 * @param chosen k: experts that the gate chooses for a row, E where it takes all
 * @param gate 0 softmax over all, 1 top-k, 2 sigmoid top-k
 * @param balanceWeight of the balance loss, 0 for none
 * @param balanceWindow rows over which choices are counted
 */
public record DeviceShape(
    int inputs,
    int hidden,
    int classes,
    int experts,
    int shared,
    int chosen,
    int gate,
    double balanceWeight,
    int balanceWindow,
    double learningRate) {

  /**
   * @throws DeviceException saying which part of the layer no device computes
   */
  public static DeviceShape of(final DenseMoeSpec spec) {
    require(spec.depth() == 1, "depth", Integer.toString(spec.depth()));
    final GateSpec gate = spec.gate();
    require(gate.score() instanceof LinearScore, "score", gate.score().text());
    final List<Penalty> penalties = gate.penalties();
    for (int p = 0; p < penalties.size(); p++) {
      final Penalty penalty = penalties.get(p);
      require(p == 0 && penalty instanceof Balance, "penalty", penalty.text());
    }
    require(spec.layer().experts().size() == 1, "pool of several kinds", spec.layer().text());
    require(spec.kind(0) instanceof Mlp, "kind of expert", spec.kind(0).text());
    require(
        spec.layer().combine() instanceof WeightedSum,
        "way to combine",
        spec.layer().combine().text());
    final RestSpec rest = spec.rest();
    require(!rest.enabled() || !rest.codec().usesBase(), "form of weights at rest", rest.text());
    spec.layer().lives().forEach(life -> require(false, "life", life.text()));
    final Balance balance =
        penalties.isEmpty() ? new Balance(0, Balance.DEFAULT_WINDOW) : (Balance) penalties.get(0);
    return new DeviceShape(
        spec.inputs(),
        ((Mlp) spec.kind(0)).hidden(),
        spec.classes(),
        spec.experts(),
        gate.shared(),
        gate.assign().most(spec.experts()),
        assignment(gate),
        balance.weight(),
        balance.window(),
        spec.learningRate());
  }

  private static int assignment(final GateSpec gate) {
    if (gate.assign() instanceof Softmax) {
      return 0;
    }
    if (gate.assign() instanceof TopK) {
      return 1;
    }
    require(gate.assign() instanceof SigmoidTopK, "assignment", gate.assign().text());
    return 2;
  }

  private static void require(final boolean known, final String part, final String text) {
    if (!known) {
      throw new DeviceException(
          "no device computes the "
              + part
              + " '"
              + text
              + "', but MLPs of one size behind a linear score, as in"
              + " 'gate=linear/top-k(2)/balance,expert=mlp*8'");
    }
  }

  /** T: those the gate chooses from and the shared ones. */
  public int totalExperts() {
    return experts + shared;
  }

  /** Where an expert's parameters lie on the host. */
  Layout layout() {
    return Layout.of(new Mlp(hidden).tensors(inputs, classes), inputs, classes);
  }

  /** Parameters of the gate. */
  int gateSize() {
    return experts * (inputs + 1);
  }
}
