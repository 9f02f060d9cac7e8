package dev.braid.experts.moe.life;

import dev.braid.experts.moe.LayerExperts;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * The expert that is used least goes, every so many steps, as long as more than so many are left,
 * and its units live on: each is merged into the unit most like it among those of all experts that
 * stay, weighted by how often the two experts were used, unless none is like it enough (DERN, Zhou
 * et al. 2025, "Dropping Experts, Recombining Neurons", section 3).
 *
 * @param every training steps from one to the next, 1 or more
 * @param least experts that stay, 1 or more
 * @param alike least cosine of units that are merged, -1 to 1
 */
public record Recombine(int every, int least, double alike) implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "recombine",
          "The expert that is used least goes, and its units are merged into those like them.",
          List.of(
              new Option("every", "300", "Training steps from one to the next, 1 or more."),
              new Option("least", "4", "Experts that stay, 1 to 4096."),
              new Option("alike", "0.5", "Least cosine of units that are merged, -1 to 1.")),
          options ->
              new Recombine(
                  options.integer("every", 1, Integer.MAX_VALUE),
                  options.integer("least", 1, 4096),
                  options.real("alike", -1, 1)));

  @Override
  public boolean changesExperts() {
    return true;
  }

  @Override
  public void after(final Step step, final LayerExperts experts, final float[] memory) {
    if ((step.number() + 1) % every != 0 || experts.alive() <= least) {
      return;
    }
    int gone = -1;
    for (int e = 0; e < experts.places(); e++) {
      if (experts.isAlive(e) && (gone < 0 || experts.share(e) < experts.share(gone))) {
        gone = e;
      }
    }
    final float[] theta = experts.theta(gone).clone();
    final int[][] slices = Units.slices(experts.layout(gone));
    for (final int[] unit : slices) {
      mergeUnit(experts, gone, theta, unit, slices);
    }
    experts.retire(gone);
  }

  private void mergeUnit(
      final LayerExperts experts,
      final int gone,
      final float[] theta,
      final int[] unit,
      final int[][] slices) {
    int nearest = -1;
    int place = -1;
    double most = alike;
    for (int e = 0; e < experts.places(); e++) {
      if (e == gone || !experts.isAlive(e) || !MergeAlike.isSameKind(experts, gone, e)) {
        continue;
      }
      final float[] other = experts.theta(e);
      for (int v = 0; v < slices.length; v++) {
        final double cosine = Units.cosine(theta, unit, other, slices[v]);
        if (cosine > most) {
          most = cosine;
          nearest = e;
          place = v;
        }
      }
    }
    if (nearest < 0) {
      return;
    }
    final float all = experts.share(gone) + experts.share(nearest);
    final float share = all > 0 ? experts.share(gone) / all : 0.5f;
    final float[] to = experts.theta(nearest);
    for (int i = 0; i < unit.length; i++) {
      final int at = slices[place][i];
      to[at] += share * (theta[unit[i]] - to[at]);
    }
  }

  @Override
  public String text() {
    return "recombine(" + every + "," + least + "," + alike + ")";
  }
}
