package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.LayerExperts;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Few experts first, copies later: every so many steps, and whenever the layer's errors rise, the
 * expert that learns from most rows gets a copy of itself with noise, until there is no place left
 * (Nie et al. 2021, "EvoMoE: An Evolutional Mixture-of-Experts Training Framework via
 * Dense-To-Sparse Gate", which copies one expert into all places at once). Some of the copy's units
 * may be drawn anew, with the mean and the deviation that each array had (Drop-Upcycling, Nakamura
 * et al. 2025, section 3.2), and the expert that was copied may learn no more (ModuleFormer, Shen
 * et al. 2023, section 3.4: old modules are frozen when new ones are added).
 *
 * @param begin experts that a new layer has, 1 or more
 * @param every training steps until the next copy; 0 for copies at rising errors alone
 * @param noise largest change of a parameter of the copy, as a share of itself, 0 to 1
 * @param fresh share of the copy's units that are drawn anew, 0 to 1
 * @param freeze whether the expert that was copied learns no more
 */
public record Spawn(int begin, int every, double noise, double fresh, boolean freeze)
    implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "spawn",
          "The layer begins with few experts; the busiest gets a copy of itself with noise every so"
              + " many steps, and when errors rise.",
          List.of(
              new Option("begin", "1", "Experts that a new layer has, 1 to 4096."),
              new Option(
                  "every", "100", "Training steps until the next copy; 0 for rising errors alone."),
              new Option("noise", "0.2", "Change of a copied parameter at most, 0 to 1."),
              new Option("fresh", "0", "Share of the copy's units that are drawn anew, 0 to 1."),
              new Option("freeze", "false", "Whether the expert copied learns no more.")),
          options ->
              new Spawn(
                  options.integer("begin", 1, 4096),
                  options.integer("every", 0, Integer.MAX_VALUE),
                  options.real("noise", 0, 1),
                  options.real("fresh", 0, 1),
                  options.flag("freeze")));

  /** Tells its random numbers from those of other parts. */
  private static final int PURPOSE = 0x5ba4;

  @Override
  public int first(final int places) {
    return Math.min(begin, places);
  }

  /** Who learns no more. */
  @Override
  public List<Tensor> memory() {
    return freeze ? List.of(Tensor.zeros("frozen", Axis.OUT)) : List.of();
  }

  @Override
  public boolean learns(final Step step, final int expert, final float[] memory) {
    return expert >= memory.length || memory[expert] == 0;
  }

  @Override
  public boolean changesExperts() {
    return true;
  }

  @Override
  public void after(final Step step, final LayerExperts experts, final float[] memory) {
    final boolean due = every > 0 && (step.number() + 1) % every == 0;
    if (!due && !experts.alarm()) {
      return;
    }
    final int busiest = busiest(experts);
    if (busiest < 0) {
      return;
    }
    final int to = experts.emptyPlace(busiest);
    experts.copy(busiest, to);
    final float[] theta = experts.theta(to);
    for (int i = 0; i < theta.length; i++) {
      theta[i] *= (float) (1 + noise * (2 * step.random(i, PURPOSE) - 1));
    }
    if (fresh > 0) {
      draw(step, theta, experts.layout(to));
    }
    if (freeze) {
      memory[busiest] = 1;
      memory[to] = 0;
    }
  }

  /** Draws units anew. */
  private void draw(final Step step, final float[] theta, final Layout layout) {
    final int units = Units.count(layout);
    for (int u = 0; u < units; u++) {
      if (step.random(u, PURPOSE + 1) < fresh) {
        for (final int i : Units.slice(layout, u)) {
          final String tensor = Units.tensor(layout, i);
          final int at = layout.at(tensor);
          final int size = layout.sizeOf(tensor);
          double mean = 0;
          double squares = 0;
          for (int k = at; k < at + size; k++) {
            mean += theta[k] / size;
            squares += theta[k] * theta[k] / size;
          }
          final double deviation = Math.sqrt(Math.max(0, squares - mean * mean));
          final double uniform = 2 * step.random(i, PURPOSE + 2) - 1;
          theta[i] = (float) (mean + Math.sqrt(3) * deviation * uniform);
        }
      }
    }
  }

  /** The expert with most rows that there is still a place for; -1 if there is none. */
  private static int busiest(final LayerExperts experts) {
    int found = -1;
    for (int e = 0; e < experts.places(); e++) {
      if (experts.isAlive(e)
          && experts.emptyPlace(e) >= 0
          && (found < 0 || experts.share(e) > experts.share(found))) {
        found = e;
      }
    }
    return found;
  }

  @Override
  public String text() {
    return "spawn(" + begin + "," + every + "," + noise + "," + fresh + "," + freeze + ")";
  }
}
