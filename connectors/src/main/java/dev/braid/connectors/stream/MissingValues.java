package dev.braid.connectors.stream;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Which cells stand for nothing. What is said to be missing is missing everywhere; a column of
 * numbers has more ways to say so than a column of names, where {@code Nan} may be a province and
 * {@code None} an answer.
 */
final class MissingValues {
  /** Missing in CSV, whatever the column. */
  private static final Set<String> USUAL =
      Set.of(
          "?", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "null", "NULL", "Null", "<null>", "\\N");

  /** In lower case: what no number can be but columns of numbers hold. */
  private static final Set<String> NO_NUMBERS =
      Set.of(
          "?",
          "na",
          "n/a",
          "#n/a",
          "#na",
          "<na>",
          "null",
          "<null>",
          "\\n",
          "nan",
          "+nan",
          "-nan",
          "nat",
          "1.#qnan",
          "-1.#ind",
          "inf",
          "+inf",
          "-inf",
          "infinity",
          "+infinity",
          "-infinity",
          "none",
          "nil",
          "n.a.",
          "n.a",
          "missing",
          "unknown",
          "-",
          "--",
          ".",
          "*",
          "#value!",
          "#div/0!",
          "#ref!",
          "#num!",
          "#name?");

  private static final int LONGEST = 9;

  /** Not finite, and so missing, even where the user has said what else is. */
  private static final Set<String> NOT_FINITE =
      Set.of("nan", "+nan", "-nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity");

  private final Set<String> anywhere;
  private final Set<String> inNumbers;

  private MissingValues(final Set<String> anywhere, final Set<String> inNumbers) {
    this.anywhere = anywhere;
    this.inNumbers = inNumbers;
  }

  /**
   * @param words that the user names, or null for what is usual in CSV
   */
  static MissingValues inCsv(final Set<String> words) {
    return words == null
        ? new MissingValues(USUAL, NO_NUMBERS)
        : new MissingValues(words, NOT_FINITE);
  }

  /**
   * @param words that the user names beside the question mark, or null
   */
  static MissingValues inArff(final Set<String> words) {
    return words == null
        ? new MissingValues(Set.of("?"), NO_NUMBERS)
        : new MissingValues(with(words, "?"), NOT_FINITE);
  }

  private static Set<String> with(final Set<String> words, final String word) {
    final Set<String> all = new HashSet<>(words);
    all.add(word);
    return Set.copyOf(all);
  }

  /** Whether a cell of a column of names, or of labels, is missing. */
  boolean asName(final String cell) {
    return cell.isEmpty() || anywhere.contains(cell);
  }

  /** Whether a cell of a column of numbers is missing. */
  boolean asNumber(final String cell) {
    return asName(cell)
        || (cell.length() <= LONGEST && inNumbers.contains(cell.toLowerCase(Locale.ROOT)));
  }
}
