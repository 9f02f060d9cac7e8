package dev.braid.experts.moe.rest;

import dev.braid.experts.moe.Forecast;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * The experts that the last batches asked (as ExpertFlow does, He et al. 2024, with the gate's
 * recent choices for a predictor). The batch counts, not the row, since one row costs the same
 * reading as many.
 *
 * @param kept what a batch still weighs a batch later, 0 to below 1
 */
public record Recent(double kept) implements Forecast {
  /** What is taken where nothing is said. */
  public static final Recent DEFAULT = new Recent(0.7);

  static final Word<Forecast> WORD =
      new Word<>(
          "recent",
          "The experts that the last batches asked come again.",
          List.of(
              new Option("kept", "0.7", "What a batch still weighs a batch later, 0 to 0.999.")),
          options -> new Recent(options.real("kept", 0, 0.999)));

  @Override
  public void took(
      final int[] load,
      final float[] affinity,
      final int rows,
      final int columns,
      final float[] want) {
    for (int e = 0; e < want.length; e++) {
      want[e] = (float) kept * want[e] + (load[e] > 0 ? 1 : 0);
    }
  }

  @Override
  public String text() {
    return "recent(" + kept + ")";
  }
}
