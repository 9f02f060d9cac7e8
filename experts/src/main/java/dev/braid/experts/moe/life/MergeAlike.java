package dev.braid.experts.moe.life;

import dev.braid.experts.moe.LayerExperts;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Two experts become one, every so many steps, as long as more than so many are left: the two most
 * alike once the units of one are put in the order of the other's, since the order of units has no
 * meaning; the one that remains is their mean, weighted by how often each was used (M-SMoE, Li et
 * al. 2024, "Merge, Then Compress", section 3.2, without the compression, and with likeness of the
 * weights for that of the router's logits).
 *
 * @param every training steps from one merger to the next, 1 or more
 * @param least experts that stay, 1 or more
 */
public record MergeAlike(int every, int least) implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "merge-alike",
          "The two experts that are most alike, unit by unit, become one.",
          List.of(
              new Option("every", "300", "Training steps from one merger to the next, 1 or more."),
              new Option("least", "4", "Experts that stay, 1 to 4096.")),
          options ->
              new MergeAlike(
                  options.integer("every", 1, Integer.MAX_VALUE),
                  options.integer("least", 1, 4096)));

  @Override
  public boolean changesExperts() {
    return true;
  }

  @Override
  public void after(final Step step, final LayerExperts experts, final float[] memory) {
    if ((step.number() + 1) % every != 0 || experts.alive() <= least) {
      return;
    }
    int keep = -1;
    int gone = -1;
    double most = Double.NEGATIVE_INFINITY;
    for (int a = 0; a < experts.places(); a++) {
      for (int b = a + 1; b < experts.places(); b++) {
        if (!experts.isAlive(a) || !experts.isAlive(b) || !isSameKind(experts, a, b)) {
          continue;
        }
        final float[] first = experts.theta(a).clone();
        final float[] second = experts.theta(b);
        final int[][] slices = Units.slices(experts.layout(a));
        final double alike = Units.alike(first, second, slices, Units.align(first, second, slices));
        if (alike > most) {
          most = alike;
          keep = a;
          gone = b;
        }
      }
    }
    if (keep >= 0) {
      merge(experts, keep, gone);
    }
  }

  /** Kinds whose arrays are the same, and that have units. */
  static boolean isSameKind(final LayerExperts experts, final int a, final int b) {
    return experts.layout(a).tensors().equals(experts.layout(b).tensors())
        && Units.count(experts.layout(a)) > 0;
  }

  private static void merge(final LayerExperts experts, final int keep, final int gone) {
    final float[] first = experts.theta(keep).clone();
    final float[] second = experts.theta(gone);
    final float[] before = second.clone();
    final int[][] slices = Units.slices(experts.layout(keep));
    final int[] partner = Units.align(first, before, slices);
    for (int u = 0; u < slices.length; u++) {
      for (int i = 0; i < slices[u].length; i++) {
        second[slices[u][i]] = before[slices[partner[u]][i]];
      }
    }
    final float all = experts.share(keep) + experts.share(gone);
    final float own = all > 0 ? experts.share(keep) / all : 0.5f;
    experts.mix(keep, new int[] {keep, gone}, new float[] {own, 1 - own});
    experts.retire(gone);
  }

  @Override
  public String text() {
    return "merge-alike(" + every + "," + least + ")";
  }
}
