package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Pool;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * One net first, which after so many steps is split: its units are dealt out to as many experts as
 * there are places, and each expert has a few of them in full and the others silent, with room to
 * learn. Units go together by chance (LLaMA-MoE, Zhu et al. 2024, section 3.1, neuron-independent
 * random), or, in balanced clusters, by their likeness (MoEfication, Zhang et al. 2022, section
 * 3.1, parameter clustering split). What the experts say is made larger by their number, so that a
 * gate that is undecided says as much as the net did.
 *
 * @param after training steps until the split, 1 or more
 * @param random whether units are dealt out by chance
 */
public record Split(int after, boolean random) implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "split",
          "One net first, whose units become those of several experts.",
          List.of(
              new Option("after", "300", "Training steps until the split, 1 or more."),
              new Option("random", "false", "Whether units are dealt out by chance.")),
          options ->
              new Split(options.integer("after", 1, Integer.MAX_VALUE), options.flag("random")));

  /** Tells its random numbers from those of other parts. */
  private static final int PURPOSE = 0x59117;

  @Override
  public int first(final int places) {
    return 1;
  }

  @Override
  public boolean changesExperts() {
    return true;
  }

  @Override
  public void after(final Step step, final Pool pool, final float[] memory) {
    if (step.number() + 1 != after || pool.alive() > 1) {
      return;
    }
    int only = 0;
    while (!pool.isAlive(only)) {
      only++;
    }
    for (int to = pool.emptyPlace(only); to >= 0; to = pool.emptyPlace(only)) {
      pool.copy(only, to);
    }
    final Layout layout = pool.layout(only);
    final int[][] slices = Units.slices(layout);
    if (slices.length == 0) {
      return;
    }
    final int[] owner = owners(step, pool.theta(only), slices, pool.alive());
    int part = 0;
    for (int e = 0; e < pool.places(); e++) {
      if (!pool.isAlive(e) || !pool.layout(e).tensors().equals(layout.tensors())) {
        continue;
      }
      final float[] theta = pool.theta(e);
      for (int u = 0; u < slices.length; u++) {
        for (final int i : slices[u]) {
          if (isOutward(layout, i)) {
            theta[i] *= owner[u] == part ? pool.alive() : 0;
          }
        }
      }
      part++;
    }
  }

  /** Whether an element of a unit is a weight of what the unit gives to the outputs. */
  private static boolean isOutward(final Layout layout, final int element) {
    final String name = Units.tensor(layout, element);
    return layout.tensors().stream()
        .anyMatch(t -> t.name().equals(name) && t.axes().contains(Axis.OUT));
  }

  private int[] owners(
      final Step step, final float[] theta, final int[][] slices, final int parts) {
    final int[] owner = new int[slices.length];
    Arrays.fill(owner, -1);
    final int each = (slices.length + parts - 1) / parts;
    for (int part = 0; part < parts; part++) {
      // A cluster begins with a unit that is left, and takes those that are most like it.
      int begin = -1;
      for (int u = 0; u < slices.length; u++) {
        if (owner[u] < 0 && (begin < 0 || rank(step, u) < rank(step, begin))) {
          begin = u;
        }
      }
      for (int n = 0; begin >= 0 && n < each; n++) {
        int best = -1;
        double most = 0;
        for (int u = 0; u < slices.length; u++) {
          final double like =
              random ? -rank(step, u) : Units.cosine(theta, slices[begin], theta, slices[u]);
          if (owner[u] < 0 && (best < 0 || like > most)) {
            best = u;
            most = like;
          }
        }
        if (best >= 0) {
          owner[best] = part;
        }
      }
    }
    return owner;
  }

  private static double rank(final Step step, final int unit) {
    return step.random(unit, PURPOSE);
  }

  @Override
  public String text() {
    return "split(" + after + "," + random + ")";
  }
}
