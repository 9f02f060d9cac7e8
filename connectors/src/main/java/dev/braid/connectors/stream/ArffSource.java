package dev.braid.connectors.stream;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads ARFF, the format of Weka and MOA: numeric and nominal attributes, {@code ?} for a missing
 * value. Sparse rows, and attributes of type string, date and relational, are refused.
 */
final class ArffSource implements InstanceSource {
  private final BufferedReader in;
  private final String place;
  private final List<String> cells = new ArrayList<>();
  private final Columns columns;
  private long line;

  private ArffSource(final BufferedReader in, final String place, final String labelColumn) {
    this.in = in;
    this.place = place;
    final List<Feature> attributes = readHeader();
    final int label = labelColumn(attributes, labelColumn);
    if (!attributes.get(label).isNominal()) {
      throw new StreamException(
          place
              + ": attribute '"
              + attributes.get(label).name()
              + "' is to be the class but is not nominal");
    }
    this.columns = new Columns(place, attributes, label, false);
  }

  /** Takes the reader over; the caller closes it if this throws. */
  static ArffSource open(final BufferedReader in, final String place, final String labelColumn) {
    return new ArffSource(in, place, labelColumn);
  }

  @Override
  public Schema schema() {
    return columns.schema();
  }

  @Override
  public Instance next() {
    final String row = nextLine();
    if (row == null) {
      return null;
    }
    if (row.charAt(0) == '{') {
      throw new StreamException(
          at() + " is sparse, which is not supported: write all values of every row");
    }
    split(row, 0);
    return columns.instance(cells, line);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (final IOException e) {
      throw new StreamException("cannot close " + place + ": " + e.getMessage(), e);
    }
  }

  private List<Feature> readHeader() {
    final List<Feature> attributes = new ArrayList<>();
    for (String row = nextLine(); row != null; row = nextLine()) {
      final int[] rest = {0};
      final String keyword = Cells.word(row, 0, rest).toLowerCase(Locale.ROOT);
      switch (keyword) {
        case "@relation" -> {}
        case "@attribute" -> attributes.add(attribute(row, rest[0]));
        case "@data" -> {
          if (attributes.size() < 2) {
            throw new StreamException(place + " has fewer than two attributes");
          }
          return attributes;
        }
        default ->
            throw new StreamException(
                at() + " is not ARFF: @relation, @attribute or @data is expected");
      }
    }
    throw new StreamException(place + " is not ARFF: it has no @data");
  }

  private Feature attribute(final String row, final int from) {
    final int[] rest = {0};
    final String name;
    try {
      name = Cells.word(row, from, rest);
    } catch (final StreamException broken) {
      throw new StreamException(at() + ": " + broken.getMessage(), broken);
    }
    final String type = row.substring(rest[0]).trim();
    if (type.startsWith("{") && type.endsWith("}")) {
      split(type.substring(0, type.length() - 1), 1);
      return new Feature(name, Feature.Kind.NOMINAL, cells);
    }
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "numeric", "real", "integer" -> Feature.numeric(name);
      default ->
          throw new StreamException(
              at()
                  + ": attribute '"
                  + name
                  + "' is of type '"
                  + type
                  + "', supported are numeric and nominal ones");
    };
  }

  private int labelColumn(final List<Feature> attributes, final String wanted) {
    if (wanted == null) {
      return attributes.size() - 1;
    }
    for (int i = 0; i < attributes.size(); i++) {
      if (attributes.get(i).name().equals(wanted)) {
        return i;
      }
    }
    throw new StreamException(place + " has no attribute '" + wanted + "'");
  }

  private void split(final String row, final int from) {
    try {
      Cells.split(row, from, cells);
    } catch (final StreamException broken) {
      throw new StreamException(at() + ": " + broken.getMessage(), broken);
    }
  }

  private String at() {
    return place + " line " + line;
  }

  /** The next line that is neither empty nor a comment, without white space around it, or null. */
  private String nextLine() {
    try {
      String row;
      do {
        row = in.readLine();
        if (row == null) {
          return null;
        }
        line++;
        row = row.trim();
      } while (row.isEmpty() || row.charAt(0) == '%');
      return row;
    } catch (final IOException e) {
      throw new StreamException("cannot read on in " + at() + ": " + e.getMessage(), e);
    }
  }
}
