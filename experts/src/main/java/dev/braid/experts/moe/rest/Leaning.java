package dev.braid.experts.moe.rest;

import dev.braid.experts.moe.Forecast;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * The experts that the gate leans to, whether it chose them or not. On a device, where the host
 * does not see what the gate thinks, those that it chose.
 *
 * @param kept what a batch still weighs a batch later, 0 to below 1
 */
public record Leaning(double kept) implements Forecast {
  static final Word<Forecast> WORD =
      new Word<>(
          "leaning",
          "The experts that the gate leans to come, whether it chose them yet or not.",
          List.of(
              new Option("kept", "0.8", "What a batch still weighs a batch later, 0 to 0.999.")),
          options -> new Leaning(options.real("kept", 0, 0.999)));

  @Override
  public void took(
      final int[] load,
      final float[] affinity,
      final int rows,
      final int columns,
      final float[] want) {
    for (int e = 0; e < want.length; e++) {
      want[e] *= (float) kept;
    }
    for (int e = affinity == null ? 0 : columns; e < want.length; e++) {
      want[e] += load[e];
    }
    for (int i = 0; affinity != null && i < rows * columns; i++) {
      want[i % columns] += affinity[i];
    }
  }

  @Override
  public String text() {
    return "leaning(" + kept + ")";
  }
}
