package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Pool;
import dev.braid.experts.moe.RecentRows;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
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
 * gate that is undecided says as much as the net did. Units that are on for most rows may stay in
 * all experts instead (CMoE, Pei et al. 2025, "Fast Carving of Mixture-of-Experts for Efficient LLM
 * Inference": units of high activation rates are shared ones; without its analytic router), in
 * kinds whose units are on by the arrays w1 and b1.
 *
 * @param after training steps until the split, 1 or more
 * @param random whether units are dealt out by chance
 * @param shared share of the units that stay in all experts, 0 to 0.9
 */
public record Split(int after, boolean random, double shared) implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "split",
          "One net first, whose units become those of several experts.",
          List.of(
              new Option("after", "300", "Training steps until the split, 1 or more."),
              new Option("random", "false", "Whether units are dealt out by chance."),
              new Option(
                  "shared", "0", "Share of the units, the most active, that all keep, 0 to 0.9.")),
          options ->
              new Split(
                  options.integer("after", 1, Integer.MAX_VALUE),
                  options.flag("random"),
                  options.real("shared", 0, 0.9)));

  /** Newest rows by which units are active. */
  private static final int ROWS = 256;

  /** Tells its random numbers from those of other parts. */
  private static final int PURPOSE = 0x59117;

  @Override
  public int recent() {
    return shared > 0 ? ROWS : 0;
  }

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
    final int[] owner = owners(step, pool.theta(only), layout, slices, pool.alive());
    int part = 0;
    for (int e = 0; e < pool.places(); e++) {
      if (!pool.isAlive(e) || !pool.layout(e).tensors().equals(layout.tensors())) {
        continue;
      }
      final float[] theta = pool.theta(e);
      for (int u = 0; u < slices.length; u++) {
        for (final int i : slices[u]) {
          if (isOutward(layout, i)) {
            theta[i] *= owner[u] == pool.alive() ? 1 : owner[u] == part ? pool.alive() : 0;
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

  /** The part of each unit; one behind the last for those that stay in all. */
  private int[] owners(
      final Step step,
      final float[] theta,
      final Layout layout,
      final int[][] slices,
      final int parts) {
    final int[] owner = new int[slices.length];
    Arrays.fill(owner, -1);
    final int kept = share(step, theta, layout, owner, parts);
    final int each = (slices.length - kept + parts - 1) / parts;
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

  /** Gives the most active units to all; how many they are. */
  private int share(
      final Step step,
      final float[] theta,
      final Layout layout,
      final int[] owner,
      final int parts) {
    final boolean active =
        layout.tensors().stream().map(Tensor::name).toList().containsAll(List.of("w1", "b1"));
    final int count = active ? (int) (shared * owner.length) : 0;
    for (int n = 0; n < count; n++) {
      int best = -1;
      int most = -1;
      for (int u = 0; u < owner.length; u++) {
        final int rows = owner[u] < 0 ? activeRows(step, theta, layout, u) : -1;
        if (rows > most) {
          best = u;
          most = rows;
        }
      }
      owner[best] = parts;
    }
    return count;
  }

  private static int activeRows(
      final Step step, final float[] theta, final Layout layout, final int unit) {
    final int d = step.inputs();
    final RecentRows recent = step.recent();
    int active = 0;
    for (int i = 0; i < Math.min(ROWS, recent.rows()); i++) {
      final int row = recent.place(i) * d;
      float sum = theta[layout.at("b1") + unit];
      for (int j = 0; j < d; j++) {
        sum += theta[layout.at("w1") + unit * d + j] * recent.x()[row + j];
      }
      active += sum > 0 ? 1 : 0;
    }
    return active;
  }

  private static double rank(final Step step, final int unit) {
    return step.random(unit, PURPOSE);
  }

  @Override
  public String text() {
    return "split(" + after + "," + random + "," + shared + ")";
  }
}
