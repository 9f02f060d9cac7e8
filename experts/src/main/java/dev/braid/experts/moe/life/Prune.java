package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.LayerExperts;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.List;

/**
 * The expert that counts least goes if it counts clearly less than its part: every so many steps,
 * if its figure lies below a factor times the mean of all, so that the threshold falls with the
 * number of experts. The figure is
 *
 * <ul>
 *   <li>{@code share}: its share of the labelled rows (Sarkar et al. 2024, "Revisiting SMoE
 *       Language Models by Evaluating Inefficiencies with Task Specific Expert Pruning");
 *   <li>{@code score}: the affinities of the rows since the last look, whoever was chosen (PreMoe,
 *       Pei et al. 2025, "Lightening MoEs on Constrained Memory by Expert Pruning and Retrieval",
 *       expected selection scores, without the retrieval; also in Li et al. 2023,
 *       "Mixture-of-Linguistic-Experts Adapters");
 *   <li>{@code router}: how much the length of what the gate has for it changed since the last look
 *       (Chowdhury et al. 2024, "A Provably Effective Method for Pruning Experts in Fine-tuned
 *       Sparse Mixture-of-Experts");
 *   <li>{@code peak}: its largest output of late, so that experts of extreme outputs never go (Su
 *       et al. 2025, "Unveiling Super Experts in Mixture-of-Experts Large Language Models").
 * </ul>
 *
 * @param factor of the mean, above 0, to 1
 * @param every training steps until the next look
 * @param by the figure
 */
public record Prune(double factor, int every, By by) implements Life {
  /** What says how much an expert counts. */
  public enum By {
    /** Labelled rows that were sent to it. */
    SHARE,
    /** Affinities of all rows. */
    SCORE,
    /** The change of the gate's parameters for it. */
    ROUTER,
    /** Its largest output. */
    PEAK
  }

  /** How much of a peak is left a step later. */
  private static final float FADES = 0.999f;

  static final Word<Life> WORD =
      new Word<>(
          "prune",
          "The expert that counts least goes if it counts clearly less than the others.",
          List.of(
              new Option("factor", "0.2", "Of the mean of all experts' figures, above 0, to 1."),
              new Option("every", "200", "Training steps until the next look, 1 or more."),
              new Option(
                  "by",
                  "share",
                  "share: of the rows; score: affinities of all rows; router: how much the gate"
                      + " changed for it; peak: its largest output.")),
          options ->
              new Prune(
                  options.real("factor", 1e-6, 1),
                  options.integer("every", 1, Integer.MAX_VALUE),
                  options.choice("by", By.class)));

  @Override
  public boolean changesExperts() {
    return true;
  }

  /** Affinities since the last look, lengths at it, or peaks. */
  @Override
  public List<Tensor> memory() {
    return by == By.SHARE ? List.of() : List.of(Tensor.zeros("figure", Axis.OUT));
  }

  @Override
  public void begin(final Step step, final float[] memory) {
    final int columns = step.routing().columns();
    for (int i = 0; by == By.SCORE && i < step.labelled() * columns; i++) {
      memory[i % columns] += step.routing().affinity[i];
    }
    for (int e = 0; by == By.PEAK && e < columns; e++) {
      final ExpertRows expert = step.expert(e);
      float peak = FADES * memory[e];
      for (int i = 0; i < expert.labelled() * step.outputs(); i++) {
        peak = Math.max(peak, Math.abs(expert.out()[i]));
      }
      memory[e] = peak;
    }
  }

  @Override
  public void after(final Step step, final LayerExperts experts, final float[] memory) {
    if ((step.number() + 1) % every != 0 || experts.alive() == 1) {
      return;
    }
    int least = -1;
    double smallest = 0;
    double all = 0;
    for (int e = 0; e < experts.places(); e++) {
      final double figure = experts.isAlive(e) ? figure(experts, e, memory) : 0;
      all += figure;
      if (experts.isAlive(e) && (least < 0 || figure < smallest)) {
        least = e;
        smallest = figure;
      }
    }
    final boolean first = by == By.ROUTER && step.number() < every;
    if (!first && smallest < factor * all / experts.alive()) {
      experts.retire(least);
    }
    for (int e = 0; e < memory.length && by != By.PEAK; e++) {
      memory[e] = by == By.ROUTER && experts.isAlive(e) ? (float) experts.gateLength(e) : 0;
    }
  }

  private double figure(final LayerExperts experts, final int e, final float[] memory) {
    return switch (by) {
      case SHARE -> experts.share(e);
      case SCORE, PEAK -> memory[e];
      case ROUTER -> Math.abs(experts.gateLength(e) - memory[e]);
    };
  }

  @Override
  public String text() {
    return "prune(" + factor + "," + every + "," + Options.word(by) + ")";
  }
}
