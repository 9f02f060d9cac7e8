package dev.braid.experts.moe.rest;

import dev.braid.experts.moe.Codec;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * What an expert has beside the mean of its group, as small integers: experts that came of one
 * another differ by little, so that fewer bits say it as well (as ME-Switch does for experts that
 * were tuned from one model, Liu et al. 2024).
 *
 * @param form of the differences
 */
public record Delta(Rounded form) implements Codec {
  static final Word<Codec> WORD =
      new Word<>(
          "delta",
          "What an expert has beside the mean of its group, in fewer bits.",
          List.of(new Option("bits", "4", "Bits a weight: 8, 4 or 2.")),
          options -> new Delta(new Rounded(bits(options.integer("bits", 2, 8)))));

  private static int bits(final int asked) {
    if (asked != 2 && asked != 4 && asked != 8) {
      throw new IllegalArgumentException("option 'bits' of delta must be 8, 4 or 2, not " + asked);
    }
    return asked;
  }

  @Override
  public boolean usesBase() {
    return true;
  }

  @Override
  public int bytes(final Layout layout) {
    return form.bytes(layout);
  }

  @Override
  public byte[] pack(final Layout layout, final float[] theta, final float[] base) {
    final float[] difference = new float[layout.size()];
    for (int i = 0; i < difference.length; i++) {
      difference[i] = theta[i] - base[i];
    }
    return form.pack(layout, difference, null);
  }

  @Override
  public void unpack(
      final byte[] packed, final Layout layout, final float[] base, final float[] theta) {
    form.unpack(packed, layout, null, theta);
    for (int i = 0; i < layout.size(); i++) {
      theta[i] += base[i];
    }
  }

  @Override
  public String text() {
    return "delta(" + form.bits() + ")";
  }
}
