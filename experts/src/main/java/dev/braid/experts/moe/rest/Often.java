package dev.braid.experts.moe.rest;

import dev.braid.experts.moe.Forecast;
import dev.braid.experts.moe.Word;
import java.util.List;

/** The experts that had most rows so far: nothing is forgotten, as where loads stay as they are. */
public record Often() implements Forecast {
  static final Word<Forecast> WORD =
      new Word<>(
          "often",
          "The experts that had most rows so far come; nothing is forgotten.",
          List.of(),
          options -> new Often());

  @Override
  public void took(
      final int[] load,
      final float[] affinity,
      final int rows,
      final int columns,
      final float[] want) {
    for (int e = 0; e < want.length; e++) {
      want[e] += load[e];
    }
  }

  @Override
  public String text() {
    return "often";
  }
}
