package dev.braid.router.combine;

import dev.braid.experts.moe.expert.ReplayWindow;
import dev.braid.experts.moe.net.Adam;
import dev.braid.experts.moe.net.FeedForwardNet;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.List;

/**
 * Sizes of a {@link StackingNet}.
 *
 * @param hidden units of its hidden layer
 * @param rate Adam's step size
 * @param fresh events from one step to the next
 * @param batch events that a step learns from, fresh ones and earlier ones
 * @param remembered events that the earlier ones are drawn from
 */
record StackingOptions(int hidden, double rate, int fresh, int batch, int remembered) {

  static final List<Option> ALL =
      List.of(
          new Option("hidden", "32", "Units of the hidden layer, 1 to 4096."),
          new Option("learning-rate", "0.001", "Adam's step size, above 0.").whichMayChange(),
          new Option("fresh", "8", "Events from one step to the next, 1 to 32."),
          new Option(
              "remembered", "512", "Events that steps draw earlier ones from, 32 to 65536."));

  static StackingOptions of(final Options options) {
    return new StackingOptions(
        options.integer("hidden", 1, 4096),
        options.real("learning-rate", 1e-9, 10),
        options.integer("fresh", 1, FeedForwardNet.SLICE),
        FeedForwardNet.SLICE,
        options.integer("remembered", FeedForwardNet.SLICE, 1 << 16));
  }

  FeedForwardNet network(final int inputs, final int outputs, final long seed) {
    // Outputs that come by growing have weight 0: the network begins as no correction at all.
    final FeedForwardNet net = new FeedForwardNet(new int[] {inputs, hidden, 0}, adam(), seed);
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
