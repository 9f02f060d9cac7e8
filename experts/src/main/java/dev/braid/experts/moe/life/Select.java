package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Only the experts that the new data uses learn it: when the layer's errors rise, affinities are
 * averaged over so many rows, and from then on the fewest experts learn whose affinities reach a
 * share of all, until errors rise again (ESFT, Wang et al. 2024, "Let the Expert Stick to His
 * Last", section 3.2, relevance by average gate score). Until then all do.
 *
 * @param share of the affinities that those who learn reach, above 0, to 1
 * @param rows over which affinities are averaged, 1 or more
 */
public record Select(double share, int rows) implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "select",
          "After errors rose, only the experts learn that the rows since then are sent to.",
          List.of(
              new Option("share", "0.7", "Of the affinities that they reach, above 0, to 1."),
              new Option("rows", "256", "Rows over which affinities are averaged, 1 or more.")),
          options ->
              new Select(options.real("share", 1e-6, 1), options.integer("rows", 1, 1 << 20)));

  @Override
  public boolean watches() {
    return true;
  }

  /** Rows that are still to be looked at, each expert's affinities, and who does not learn. */
  @Override
  public List<Tensor> memory() {
    return List.of(
        Tensor.zeros("left", Axis.of(1)),
        Tensor.zeros("affinity", Axis.OUT),
        Tensor.zeros("frozen", Axis.OUT));
  }

  @Override
  public void begin(final Step step, final float[] memory) {
    final int columns = step.routing().columns();
    if (step.alarm()) {
      Arrays.fill(memory, 0);
      memory[0] = rows;
    }
    for (int r = 0; r < step.labelled() && memory[0] > 0; r++) {
      for (int e = 0; e < columns; e++) {
        memory[1 + e] += step.routing().affinity[r * columns + e];
      }
      if (--memory[0] == 0) {
        choose(step.routing(), memory);
      }
    }
  }

  private void choose(final Routing routing, final float[] memory) {
    final int columns = routing.columns();
    float all = 0;
    for (int e = 0; e < columns; e++) {
      memory[1 + columns + e] = 1;
      all += memory[1 + e];
    }
    for (float reached = 0; reached < share * all; ) {
      int largest = -1;
      for (int e = 0; e < columns; e++) {
        final boolean left = memory[1 + columns + e] == 1;
        largest = left && (largest < 0 || memory[1 + e] > memory[1 + largest]) ? e : largest;
      }
      if (largest < 0) {
        return;
      }
      memory[1 + columns + largest] = 0;
      reached += memory[1 + largest];
    }
  }

  @Override
  public boolean learns(final Step step, final int expert, final float[] memory) {
    final int columns = step.routing().columns();
    return expert >= columns || memory[1 + columns + expert] == 0;
  }

  @Override
  public String text() {
    return "select(" + share + "," + rows + ")";
  }
}
