package dev.braid.connectors;

import java.util.List;
import java.util.SplittableRandom;

/** Pieces of text that mean something to a parser of ours, to be put where they do not belong. */
public final class FuzzPieces {
  private static final List<String> PIECES =
      List.of(
          "\"",
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "NaN",
          "-Infinity",
          "1e999",
          "null",
          "true",
          "\\u",
          "\\ud800",
          "\"id\"",
          "\"a\":",
          "\"features\":{",
          "\u0000",
          "\n",
          "é",
          "?",
          "-",
          "0x1",
          "{\"a\":",
          "//",
          "'",
          "99999999999999999999",
          "\uFEFF",
          "2023-01-01",
          ";",
          "\t",
          "|",
          "\r",
          "\\",
          "%",
          "@data",
          "@attribute",
          "#",
          "sep=",
          "\u2028",
          "=",
          " ");

  private FuzzPieces() {}

  /** One of them. */
  public static String any(final SplittableRandom random) {
    return PIECES.get(random.nextInt(PIECES.size()));
  }
}
