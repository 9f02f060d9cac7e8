package dev.braid.connectors.stream;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Decides whether the first row of a CSV file names the columns. Each column has a say: a text over
 * numbers speaks for a header, a number over numbers or a text that comes again below against it.
 */
final class CsvHeader {
  /** Names that a label often has, the likeliest first. */
  static final List<String> LABELS = List.of("label", "class", "target");

  /** As many numbers in equal steps are no accident. */
  private static final int MANY = 8;

  private static final int ROWS = 200;
  private static final int FIRST_YEAR = 1800;
  private static final int LAST_YEAR = 2200;
  private static final MissingValues MISSING = MissingValues.inCsv(null);

  private final CsvRow first;
  private final List<CsvRow> body;

  private CsvHeader(final List<CsvRow> rows) {
    this.first = rows.get(0);
    this.body = rows.subList(1, Math.min(rows.size(), ROWS));
  }

  /**
   * @param rows the first of a file, one or more
   */
  static boolean isThere(final List<CsvRow> rows) {
    return new CsvHeader(rows).isThere();
  }

  private boolean isThere() {
    if (body.isEmpty()) {
      return first.cells().stream().noneMatch(cell -> cell.isEmpty() || isNumber(cell));
    }
    final boolean counted = namesAreCounted();
    int score = 0;
    boolean allTexts = true;
    for (int c = 0; c < first.cells().size(); c++) {
      final String name = first.cells().get(c);
      allTexts &= !MISSING.asName(name) && !isNumber(name);
      if (isLabelName(c)) {
        return true;
      }
      score += vote(c, name, counted);
    }
    return score > 0 || (score == 0 && allTexts);
  }

  /** A column called like a label, and no cell below it like this. */
  private boolean isLabelName(final int column) {
    final String name = first.cells().get(column).toLowerCase(Locale.ROOT);
    return LABELS.contains(name)
        && body.stream().noneMatch(row -> row.cell(column).equalsIgnoreCase(name));
  }

  private int vote(final int column, final String name, final boolean counted) {
    if (name.isEmpty()) {
      // A header leaves the name of an index out, data leave out anything.
      return column == 0 || column == first.cells().size() - 1 ? 0 : -1;
    }
    boolean numbers = true;
    boolean again = false;
    boolean any = false;
    final Set<String> different = new HashSet<>();
    for (final CsvRow row : body) {
      final String cell = row.cell(column);
      if (!MISSING.asNumber(cell)) {
        any = true;
        numbers &= isNumber(cell);
      }
      again |= cell.equals(name);
      different.add(cell);
    }
    if (!any) {
      return 0;
    }
    if (isNumber(name)) {
      return counted ? 1 : numbers ? -2 : 0;
    }
    if (numbers) {
      return MISSING.asNumber(name) ? -1 : 3;
    }
    if (again) {
      return -3;
    }
    return 2 * different.size() <= body.size() ? 1 : 0;
  }

  /**
   * Whether the numbers of the first row count something that the row below does not count: columns
   * from nought on, years, or many in equal steps.
   */
  private boolean namesAreCounted() {
    final double[] names = numbers(first);
    final double[] below = numbers(body.get(0));
    if (names.length < 2 || below.length == 0) {
      return false;
    }
    if (areYears(names)) {
      return !areYears(below);
    }
    if (steps(names) == 0 || steps(below) == steps(names)) {
      return false;
    }
    return names.length >= MANY
        || (names.length > 2 && names[0] == 0 && names.length >= first.cells().size() - 1);
  }

  private static boolean areYears(final double... numbers) {
    for (final double number : numbers) {
      if (number != Math.rint(number) || number < FIRST_YEAR || number > LAST_YEAR) {
        return false;
      }
    }
    return true;
  }

  /** The step between numbers that rise evenly, or 0. */
  private static double steps(final double... numbers) {
    final double step = numbers.length < 2 ? 0 : numbers[1] - numbers[0];
    for (int i = 1; i < numbers.length; i++) {
      final double off = numbers[i] - numbers[i - 1] - step;
      if (Math.abs(off) > 1e-9 * Math.abs(step)) {
        return 0;
      }
    }
    return Math.max(0, step);
  }

  private static double[] numbers(final CsvRow row) {
    return row.cells().stream()
        .filter(CsvHeader::isNumber)
        .mapToDouble(NumberFormat.POINT::parse)
        .filter(Double::isFinite)
        .toArray();
  }

  private static boolean isNumber(final String cell) {
    return NumberFormat.POINT.fits(cell)
        || NumberFormat.POINT_AND_GROUPS.fits(cell)
        || NumberFormat.COMMA.fits(cell);
  }
}
