package dev.braid.connectors.stream;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.util.List;

/**
 * Turns the cells of a row into an instance. Names and classes never met before make the schema
 * grow.
 */
final class Columns {
  private final String place;
  private final FileColumn[] columns;
  private final MissingValues missing;
  private Schema schema;

  /**
   * @param place the file, for messages
   * @param columns all columns in order, one of them the label
   */
  Columns(final String place, final List<FileColumn> columns, final MissingValues missing) {
    this.place = place;
    this.columns = columns.toArray(FileColumn[]::new);
    this.missing = missing;
    final List<Feature> features =
        columns.stream().filter(FileColumn::isFeature).map(FileColumn::feature).toList();
    if (features.isEmpty()) {
      throw new StreamException(place + " has fewer than two columns to learn from");
    }
    this.schema =
        label().use() == FileColumn.Use.NUMBER
            ? Schema.ofQuantity(features)
            : new Schema(features, label().values());
  }

  Schema schema() {
    return schema;
  }

  List<FileColumn> all() {
    return List.of(columns);
  }

  FileColumn label() {
    for (final FileColumn column : columns) {
      if (column.use() == FileColumn.Use.LABEL || column.use() == FileColumn.Use.NUMBER) {
        return column;
      }
    }
    throw new IllegalStateException("a table without a label");
  }

  /**
   * @param cells one per column; null where the column has the value that sparse rows leave out
   * @param line for messages, counted from 1
   */
  Instance instance(final List<String> cells, final long line) {
    final double[] x = new double[schema.featureCount()];
    double label = -1;
    int feature = 0;
    for (int c = 0; c < columns.length; c++) {
      final String cell = cells.get(c);
      switch (columns[c].use()) {
        case FEATURE -> {
          x[feature] = value(columns[c], feature, cell, line);
          feature++;
        }
        case LABEL -> label = label(columns[c], cell);
        case NUMBER -> label = cell == null ? 0 : number(columns[c], cell, line);
        case DROPPED -> {}
      }
    }
    return new Instance(x, label);
  }

  private int label(final FileColumn column, final String cell) {
    if (cell == null) {
      return schema.classCount() > 0 ? 0 : -1;
    }
    if (column.isNumeric() ? missing.asNumber(cell) : missing.asName(cell)) {
      return -1;
    }
    final int known = schema.classIndex(cell);
    if (known >= 0) {
      return known;
    }
    schema = schema.withClass(cell);
    return schema.classCount() - 1;
  }

  private double value(
      final FileColumn column, final int feature, final String cell, final long line) {
    if (column.isNumeric()) {
      return cell == null ? 0 : number(column, cell, line);
    }
    if (cell == null) {
      return schema.features().get(feature).values().isEmpty() ? Double.NaN : 0;
    }
    return name(feature, cell);
  }

  private double name(final int feature, final String cell) {
    final int known = schema.valueIndex(feature, cell);
    // An empty text may be declared as a value, a question mark may not.
    if (missing.asName(cell) && !(cell.isEmpty() && known >= 0)) {
      return Double.NaN;
    }
    if (known >= 0) {
      return known;
    }
    schema = schema.withValue(feature, cell);
    return schema.valueIndex(feature, cell);
  }

  private double number(final FileColumn column, final String cell, final long line) {
    if (missing.asName(cell)) {
      return Double.NaN;
    }
    final double number = column.numbers().parse(cell);
    if (Double.isFinite(number)) {
      return number;
    }
    // Infinite, or no number at all.
    if (Double.isNaN(number) && column.strict() && !missing.asNumber(cell)) {
      throw new StreamException(
          place
              + " line "
              + line
              + ": "
              + Quoted.text(cell)
              + " is not a finite number, as column "
              + Quoted.text(column.name())
              + " holds; if it stands for a missing value name it with --missing, if the column"
              + " holds names give --nominal, to count whatever is no number as missing --numeric");
    }
    return Double.NaN;
  }
}
