package dev.braid.connectors.stream;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads comma-separated values. The first line is the header if none of its cells is a number or
 * empty; otherwise the columns are called {@code c0}, {@code c1} and so on. A column is numeric if
 * all its cells in the first thousand rows are numbers or missing (empty or {@code ?}); other
 * columns are nominal, and values and classes not met in those rows are added as they come.
 */
final class CsvSource implements InstanceSource {
  private static final int SAMPLE = 1_000;

  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setIgnoreSurroundingSpaces(true).setIgnoreEmptyLines(true).get();

  private final String place;
  private final CSVParser parser;
  private final Iterator<CSVRecord> rows;
  private final Deque<CSVRecord> sample = new ArrayDeque<>();
  private final Columns columns;

  private CsvSource(final BufferedReader in, final String place, final String labelColumn) {
    this.place = place;
    try {
      this.parser = CSVParser.builder().setReader(in).setFormat(FORMAT).get();
    } catch (final IOException e) {
      throw new StreamException("cannot read " + place + ": " + e.getMessage(), e);
    }
    this.rows = parser.iterator();
    CSVRecord row = read();
    if (row == null) {
      throw new StreamException(place + " is empty");
    }
    final boolean hasHeader = isHeader(row);
    final List<String> names = hasHeader ? row.toList() : numbered(row.size());
    if (names.size() < 2) {
      throw new StreamException(place + " has fewer than two columns");
    }
    row = hasHeader ? read() : row;
    while (row != null) {
      sample.add(row);
      row = sample.size() < SAMPLE ? read() : null;
    }
    final int label = labelColumn(names, labelColumn);
    this.columns = new Columns(place, features(names, label), label, true);
  }

  /** Takes the reader over; the caller closes it if this throws. */
  static CsvSource open(final BufferedReader in, final String place, final String labelColumn) {
    return new CsvSource(in, place, labelColumn);
  }

  @Override
  public Schema schema() {
    return columns.schema();
  }

  @Override
  public Instance next() {
    final CSVRecord row = sample.isEmpty() ? read() : sample.poll();
    return row == null ? null : columns.instance(row.toList(), row.getRecordNumber());
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (final IOException e) {
      throw new StreamException("cannot close " + place + ": " + e.getMessage(), e);
    }
  }

  private static boolean isHeader(final CSVRecord first) {
    return first.stream()
        .allMatch(cell -> !Columns.isMissing(cell) && Double.isNaN(Columns.number(cell)));
  }

  private static List<String> numbered(final int columns) {
    return IntStream.range(0, columns).mapToObj(i -> "c" + i).toList();
  }

  private int labelColumn(final List<String> names, final String wanted) {
    if (wanted != null) {
      if (!names.contains(wanted)) {
        throw new StreamException(place + " has no column '" + wanted + "'");
      }
      return names.indexOf(wanted);
    }
    if (names.contains("label")) {
      return names.indexOf("label");
    }
    return names.contains("class") ? names.indexOf("class") : names.size() - 1;
  }

  private List<Feature> features(final List<String> names, final int label) {
    final List<Feature> features = new ArrayList<>(names.size());
    for (int column = 0; column < names.size(); column++) {
      final Set<String> texts = new LinkedHashSet<>();
      boolean numeric = column != label;
      for (final CSVRecord row : sample) {
        final String cell = column < row.size() ? row.get(column) : "";
        if (!Columns.isMissing(cell)) {
          texts.add(cell);
          numeric &= !Double.isNaN(Columns.number(cell));
        }
      }
      final String name = names.get(column);
      features.add(
          numeric
              ? Feature.numeric(name)
              : new Feature(name, Feature.Kind.NOMINAL, List.copyOf(texts)));
    }
    return features;
  }

  private CSVRecord read() {
    try {
      return rows.hasNext() ? rows.next() : null;
    } catch (final UncheckedIOException | IllegalStateException e) {
      throw new StreamException(
          place + " line " + parser.getCurrentLineNumber() + ": " + e.getMessage(), e);
    }
  }
}
