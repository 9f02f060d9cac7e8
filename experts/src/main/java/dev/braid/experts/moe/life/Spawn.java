package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Pool;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Few experts first, copies later: every so many steps, and whenever the layer's errors rise, the
 * expert that learns from most rows gets a copy of itself with noise, until there is no place left
 * (Nie et al. 2021, "EvoMoE: An Evolutional Mixture-of-Experts Training Framework via
 * Dense-To-Sparse Gate", which copies one expert into all places at once).
 *
 * @param begin experts that a new layer has, 1 or more
 * @param every training steps until the next copy; 0 for copies at rising errors alone
 * @param noise largest change of a parameter of the copy, as a share of itself, 0 to 1
 */
public record Spawn(int begin, int every, double noise) implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "spawn",
          "The layer begins with few experts; the busiest gets a copy of itself with noise every so"
              + " many steps, and when errors rise.",
          List.of(
              new Option("begin", "1", "Experts that a new layer has, 1 to 4096."),
              new Option(
                  "every", "100", "Training steps until the next copy; 0 for rising errors alone."),
              new Option("noise", "0.2", "Change of a copied parameter at most, 0 to 1.")),
          options ->
              new Spawn(
                  options.integer("begin", 1, 4096),
                  options.integer("every", 0, Integer.MAX_VALUE),
                  options.real("noise", 0, 1)));

  /** Tells its random numbers from those of other parts. */
  private static final int PURPOSE = 0x5ba4;

  @Override
  public int first(final int places) {
    return Math.min(begin, places);
  }

  @Override
  public boolean changesExperts() {
    return true;
  }

  @Override
  public void after(final Step step, final Pool pool) {
    final boolean due = every > 0 && (step.number() + 1) % every == 0;
    if (!due && !pool.alarm()) {
      return;
    }
    final int busiest = busiest(pool);
    if (busiest < 0) {
      return;
    }
    final int to = pool.emptyPlace(busiest);
    pool.copy(busiest, to);
    final float[] theta = pool.theta(to);
    for (int i = 0; i < theta.length; i++) {
      theta[i] *= (float) (1 + noise * (2 * step.random(i, PURPOSE) - 1));
    }
  }

  /** The expert with most rows that there is still a place for; -1 if there is none. */
  private static int busiest(final Pool pool) {
    int found = -1;
    for (int e = 0; e < pool.places(); e++) {
      if (pool.isAlive(e)
          && pool.emptyPlace(e) >= 0
          && (found < 0 || pool.share(e) > pool.share(found))) {
        found = e;
      }
    }
    return found;
  }

  @Override
  public String text() {
    return "spawn(" + begin + "," + every + "," + noise + ")";
  }
}
