package dev.braid.router.combine;

import dev.braid.experts.moe.expert.ReplayWindow;
import dev.braid.experts.moe.net.Adam;
import dev.braid.experts.moe.net.Mlp;

/**
 * Sizes of the gate.
 *
 * @param hidden units of its hidden layer
 * @param rate Adam's step size
 * @param fresh events from one step to the next
 * @param batch events that a step learns from, fresh ones and earlier ones
 * @param remembered events that the earlier ones are drawn from
 */
public record GateOptions(int hidden, double rate, int fresh, int batch, int remembered) {

  Mlp network(final int inputs, final int outputs, final long seed) {
    // Outputs that come by growing have weight 0: the network begins as no correction at all.
    final Mlp net = new Mlp(new int[] {inputs, hidden, 0}, adam(), seed);
    net.grow(inputs, outputs);
    return net;
  }

  Adam adam() {
    return Adam.withLearningRate(rate);
  }

  ReplayWindow window(final int inputs, final int targets, final long seed) {
    return new ReplayWindow(remembered, fresh, batch, inputs, targets, seed);
  }
}
