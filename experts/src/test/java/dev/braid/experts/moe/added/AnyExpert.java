package dev.braid.experts.moe.added;

import dev.braid.experts.moe.Forecast;
import dev.braid.experts.moe.Word;
import java.util.Arrays;
import java.util.List;

/** Expects each expert as much as any other. */
record AnyExpert() implements Forecast {
  static final Word<Forecast> WORD =
      new Word<>("any", "Any expert may come.", List.of(), options -> new AnyExpert());

  @Override
  public void took(
      final int[] load,
      final float[] affinity,
      final int rows,
      final int columns,
      final float[] want) {
    Arrays.fill(want, 1);
  }

  @Override
  public String text() {
    return "any";
  }
}
