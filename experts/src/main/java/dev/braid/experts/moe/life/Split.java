package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.LayerExperts;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * One net first, which after so many steps is split: its units are dealt out to as many experts as
 * there are places, and each expert has a few of them in full and the others silent, with room to
 * learn. Units go together by chance (LLaMA-MoE, Zhu et al. 2024, section 3.1, neuron-independent
 * random), or, in balanced clusters, by the likeness of their parameters (MoEfication, Zhang et al.
 * 2022, section 3.1, parameter clustering split) or by how often they are on for the same row (the
 * same, co-activation graph split). What the experts say is made larger by their number, so that a
 * gate that is undecided says as much as the net did.
 *
 * <p>Units that are on for most rows may stay in all experts instead, and the gate may begin with
 * parameters made of those of the experts' units: an expert's score is the sum that turns its most
 * typical unit on (CMoE, Pei et al. 2025, "Fast Carving of Mixture-of-Experts for Efficient LLM
 * Inference": shared experts of high activation rates, and an analytic router).
 *
 * <p>When units are on is known of kinds that have the arrays w1 and b1; others are split by
 * likeness, with nothing shared, and the gate begins as it is.
 *
 * @param after training steps until the split, 1 or more
 * @param random whether units are dealt out by chance
 * @param shared share of the units that stay in all experts, 0 to 0.9
 * @param together whether units go together that are on together
 * @param analytic whether the gate begins with parameters made of the units'
 */
public record Split(int after, boolean random, double shared, boolean together, boolean analytic)
    implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "split",
          "One net first, whose units become those of several experts.",
          List.of(
              new Option("after", "300", "Training steps until the split, 1 or more."),
              new Option("random", "false", "Whether units are dealt out by chance."),
              new Option(
                  "shared", "0", "Share of the units, the most active, that all keep, 0 to 0.9."),
              new Option(
                  "together",
                  "false",
                  "Whether units go together that are active for the same rows, in place of those"
                      + " whose weights are alike."),
              new Option(
                  "analytic",
                  "false",
                  "Whether a gate of linear scores begins with the weights of the experts' most"
                      + " typical units.")),
          options -> {
            if (options.flag("random") && options.flag("together")) {
              throw options.bad("together", "false where units are dealt out by chance");
            }
            return new Split(
                options.integer("after", 1, Integer.MAX_VALUE),
                options.flag("random"),
                options.real("shared", 0, 0.9),
                options.flag("together"),
                options.flag("analytic"));
          });

  /** Tells its random numbers from those of other parts. */
  private static final int PURPOSE = 0x59117;

  @Override
  public int recent() {
    return shared > 0 || together || analytic ? Activity.ROWS : 0;
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
  public boolean routes() {
    return analytic;
  }

  @Override
  public void after(final Step step, final LayerExperts experts, final float[] memory) {
    if (step.number() + 1 != after || experts.alive() > 1) {
      return;
    }
    int only = 0;
    while (!experts.isAlive(only)) {
      only++;
    }
    for (int to = experts.emptyPlace(only); to >= 0; to = experts.emptyPlace(only)) {
      experts.copy(only, to);
    }
    final Layout layout = experts.layout(only);
    final int[][] slices = Units.slices(layout);
    if (slices.length == 0) {
      return;
    }
    final float[] whole = experts.theta(only).clone();
    final Activity active =
        recent() > 0 && Activity.isKnownOf(layout)
            ? Activity.of(step, whole, layout, slices.length)
            : null;
    final int[] owner = owners(step, whole, slices, experts.alive(), active);
    int part = 0;
    for (int e = 0; e < experts.places(); e++) {
      if (!experts.isAlive(e) || !experts.layout(e).tensors().equals(layout.tensors())) {
        continue;
      }
      keep(experts.theta(e), layout, slices, owner, part, experts.alive());
      if (analytic && active != null) {
        route(experts, e, whole, layout, active.representative(owner, part));
      }
      part++;
    }
  }

  /** Leaves an expert what its own units, and those of all, give to the outputs. */
  private static void keep(
      final float[] theta,
      final Layout layout,
      final int[][] slices,
      final int[] owner,
      final int part,
      final int parts) {
    for (int u = 0; u < slices.length; u++) {
      for (final int i : slices[u]) {
        if (isOutward(layout, i)) {
          theta[i] *= owner[u] == parts ? 1 : owner[u] == part ? parts : 0;
        }
      }
    }
  }

  /** An expert's score becomes the sum that turns a unit on. */
  private static void route(
      final LayerExperts experts,
      final int e,
      final float[] theta,
      final Layout layout,
      final int unit) {
    final int d = layout.inputs();
    final float[] weights = new float[d + 1];
    if (unit >= 0) {
      System.arraycopy(theta, layout.at("w1") + unit * d, weights, 0, d);
      weights[d] = theta[layout.at("b1") + unit];
      experts.route(e, weights);
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
      final int[][] slices,
      final int parts,
      final Activity active) {
    final int[] owner = new int[slices.length];
    Arrays.fill(owner, -1);
    final int kept = active == null ? 0 : share(active, owner, parts);
    final int each = (slices.length - kept + parts - 1) / parts;
    if (together && active != null) {
      final double[][] ties = new double[slices.length][slices.length];
      final double[] order = new double[slices.length];
      for (int u = 0; u < slices.length; u++) {
        order[u] = rank(step, u);
        for (int v = 0; v < slices.length; v++) {
          ties[u][v] = active.together(u, v);
        }
      }
      Partition.deal(ties, owner, parts, each, order);
    } else {
      dealOut(step, theta, slices, owner, parts, each);
    }
    return owner;
  }

  private void dealOut(
      final Step step,
      final float[] theta,
      final int[][] slices,
      final int[] owner,
      final int parts,
      final int each) {
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
  }

  /** Gives the most active units to all; how many they are. */
  private int share(final Activity active, final int[] owner, final int parts) {
    final int count = (int) (shared * owner.length);
    for (int n = 0; n < count; n++) {
      int best = -1;
      int most = -1;
      for (int u = 0; u < owner.length; u++) {
        final int rows = owner[u] < 0 ? active.count(u) : -1;
        if (rows > most) {
          best = u;
          most = rows;
        }
      }
      owner[best] = parts;
    }
    return count;
  }

  private static double rank(final Step step, final int unit) {
    return step.random(unit, PURPOSE);
  }

  @Override
  public String text() {
    return "split(" + after + "," + random + "," + shared + "," + together + "," + analytic + ")";
  }
}
