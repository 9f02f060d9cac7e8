package dev.braid.connectors.stream;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds how a CSV file is written from its first characters: each delimiter and quote that is
 * common is tried, and scored by how alike the rows are in length and how many cells are then
 * something known: a number, a missing value, or a text without another delimiter in it. (Both
 * marks together are what van den Burg, Nazabal and Sutton found to tell best: Wrangling messy CSV
 * files by detecting row and type patterns, 2019.)
 */
final class CsvSniffer {
  private static final char[] DELIMITERS = {',', ';', '\t', '|', ' '};
  private static final char[] QUOTES = {'"', '\''};
  private static final int ROWS = 200;

  /** A delimiter that is also common within texts must be better than the others. */
  private static final double SPACE_WEIGHT = 0.9;

  private static final Pattern TOLD =
      Pattern.compile("\"?sep=(.)\"?\\s*(\\r|\\n|$)", Pattern.CASE_INSENSITIVE);
  private static final Pattern ESCAPED_QUOTE = Pattern.compile("\\\\\"[^\"\\s,;|]");
  private static final MissingValues MISSING = MissingValues.inCsv(null);

  private final String sample;
  private final boolean cut;
  private final TableFormat wanted;

  private CsvSniffer(final String sample, final boolean cut, final TableFormat wanted) {
    this.sample = sample;
    this.cut = cut;
    this.wanted = wanted;
  }

  /**
   * @param sample the first characters of a file
   * @param cut whether there are more
   * @param wanted what the user says
   */
  static CsvDialect dialect(final String sample, final boolean cut, final TableFormat wanted) {
    return new CsvSniffer(sample, cut, wanted).best();
  }

  private CsvDialect best() {
    final Matcher told = TOLD.matcher(sample);
    final boolean isTold = told.lookingAt();
    final Character fixed =
        wanted.delimiter() == null && isTold
            ? Character.valueOf(told.group(1).charAt(0))
            : wanted.delimiter();
    CsvDialect best = new CsvDialect(',', '"', null, isTold);
    double highest = -1;
    for (final char quote : wanted.quote() == null ? QUOTES : new char[] {wanted.quote()}) {
      final Character escape =
          ESCAPED_QUOTE.matcher(sample).find() && quote == '"' ? Character.valueOf('\\') : null;
      for (final char delimiter : fixed == null ? DELIMITERS : new char[] {fixed}) {
        if (delimiter == quote) {
          continue;
        }
        final CsvDialect dialect = new CsvDialect(delimiter, quote, escape, isTold);
        final double score = score(dialect);
        if (score > highest) {
          highest = score;
          best = dialect;
        }
      }
    }
    return best;
  }

  private double score(final CsvDialect dialect) {
    final List<CsvRow> rows = rows(dialect);
    final int usual = CsvShape.usualLength(rows);
    if (usual < 2) {
      return 0;
    }
    long cells = 0;
    long known = 0;
    for (final CsvRow row : rows) {
      for (final String cell : row.cells()) {
        cells++;
        known += isKnown(cell, dialect) ? 1 : 0;
      }
    }
    final long usualRows = rows.stream().filter(row -> row.cells().size() == usual).count();
    final double alike = (double) usualRows / rows.size();
    return alike * known / cells * (dialect.delimiter() == ' ' ? SPACE_WEIGHT : 1);
  }

  /** The first rows, without comments; not one that the sample may have cut. */
  private List<CsvRow> rows(final CsvDialect dialect) {
    final List<CsvRow> rows = new ArrayList<>();
    try (CsvRows all = new CsvRows("", new StringReader(sample), dialect)) {
      CsvRow row = all.next();
      while (row != null && rows.size() < ROWS) {
        final CsvRow next = all.next();
        if (!row.isComment() && (next != null || !cut || rows.isEmpty())) {
          rows.add(row);
        }
        row = next;
      }
    } catch (final StreamException broken) {
      // A quote that the sample cuts, or one that is none: the rows before it tell.
    }
    return rows;
  }

  private static boolean isKnown(final String cell, final CsvDialect dialect) {
    if (MISSING.asNumber(cell)
        || NumberFormat.POINT_AND_GROUPS.fits(cell)
        || NumberFormat.COMMA.fits(cell)) {
      return true;
    }
    final char first = cell.charAt(0);
    final char last = cell.charAt(cell.length() - 1);
    if (first == '"' || last == '"' || (cell.length() > 1 && first == '\'' && last == '\'')) {
      return false;
    }
    for (final char delimiter : DELIMITERS) {
      if (delimiter != ' ' && delimiter != dialect.delimiter() && cell.indexOf(delimiter) >= 0) {
        return false;
      }
    }
    return true;
  }
}
