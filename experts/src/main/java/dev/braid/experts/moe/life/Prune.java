package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Pool;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * The expert that is used least goes if it is used clearly less than its part: every so many steps,
 * if its share of the labelled rows lies below a factor times what each would have were all used
 * alike, so that the threshold falls with the number of experts (Sarkar et al. 2024, "Revisiting
 * SMoE Language Models by Evaluating Inefficiencies with Task Specific Expert Pruning").
 *
 * @param factor of the equal share, above 0, to 1
 * @param every training steps until the next look
 */
public record Prune(double factor, int every) implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "prune",
          "The expert that learns from fewest rows goes if these are few.",
          List.of(
              new Option(
                  "factor", "0.2", "Of the rows that each had if all had as many, above 0, to 1."),
              new Option("every", "200", "Training steps until the next look, 1 or more.")),
          options ->
              new Prune(
                  options.real("factor", 1e-6, 1), options.integer("every", 1, Integer.MAX_VALUE)));

  @Override
  public boolean changesExperts() {
    return true;
  }

  @Override
  public void after(final Step step, final Pool pool, final float[] memory) {
    if ((step.number() + 1) % every != 0 || pool.alive() == 1) {
      return;
    }
    int least = -1;
    float all = 0;
    for (int e = 0; e < pool.places(); e++) {
      all += pool.share(e);
      if (pool.isAlive(e) && (least < 0 || pool.share(e) < pool.share(least))) {
        least = e;
      }
    }
    if (pool.share(least) < factor * all / pool.alive()) {
      pool.retire(least);
    }
  }

  @Override
  public String text() {
    return "prune(" + factor + "," + every + ")";
  }
}
