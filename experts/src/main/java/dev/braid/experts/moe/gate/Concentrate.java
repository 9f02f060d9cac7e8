package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Two losses of ModuleFormer (Shen et al. 2023, sections 3.3 and 3.4). The first draws the mutual
 * information of rows and experts up, so that all experts are used and each row is sure of its own:
 * {@code information * (sum_e P_e log P_e - mean_rows sum_e a_e log a_e)} with P_e the batch's mean
 * affinity. The second concentrates the load on the experts that are used most anyway, so that the
 * others may go: {@code -concentration * sum_e P_e log F_e}, where F_e is the share of late.
 *
 * @param information 0 to 10
 * @param concentration 0 to 10
 */
public record Concentrate(double information, double concentration) implements Penalty {
  /** Of the shares of late, what is new of a step. */
  private static final float FRESH = 0.01f;

  private static final float LEAST = 1e-6f;

  static final Word<Penalty> WORD =
      new Word<>(
          "concentrate",
          "Draws the gate towards knowing an expert from the row, and the load towards few"
              + " experts.",
          List.of(
              new Option("information", "0.01", "Factor of the mutual information, 0 to 10."),
              new Option("concentration", "0", "Factor of the load's concentration, 0 to 10.")),
          options ->
              new Concentrate(
                  options.real("information", 0, 10), options.real("concentration", 0, 10)));

  /** The batch's mean affinities, and those of late. */
  @Override
  public List<Tensor> memory() {
    return List.of(Tensor.zeros("mean", Axis.OUT), Tensor.zeros("late", Axis.OUT));
  }

  @Override
  public void add(final Step step, final Routing routing, final float[] memory) {
    final int columns = routing.columns();
    final int rows = step.labelled();
    for (int e = 0; e < columns; e++) {
      float mean = 0;
      for (int r = 0; r < rows; r++) {
        mean += routing.affinity[r * columns + e] / rows;
      }
      memory[e] = mean;
      memory[columns + e] += FRESH * (mean - memory[columns + e]);
    }
    for (int i = 0; i < rows * columns; i++) {
      final int e = i % columns;
      final double known = log(memory[e]) - log(routing.affinity[i]);
      routing.gradient[i] +=
          (float) ((information * known - concentration * log(memory[columns + e])) / rows);
    }
  }

  private static double log(final float value) {
    return StrictMath.log(Math.max(LEAST, value));
  }

  @Override
  public String text() {
    return "concentrate(" + information + "," + concentration + ")";
  }
}
