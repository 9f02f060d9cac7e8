package dev.braid.connectors.stream;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the cells of a row into an instance. Open columns take values never met before and make the
 * schema grow; closed ones refuse them.
 */
final class Columns {
  private final String place;
  private final int labelColumn;
  private final boolean open;
  private Schema schema;

  /**
   * @param place the file, for messages
   * @param columns all columns in order; the label's lists the classes known
   * @param open whether nominal values and classes may be met that the columns do not list
   */
  Columns(
      final String place, final List<Feature> columns, final int labelColumn, final boolean open) {
    this.place = place;
    this.labelColumn = labelColumn;
    this.open = open;
    final List<Feature> features = new ArrayList<>(columns);
    final Feature label = features.remove(labelColumn);
    try {
      this.schema = new Schema(features, label.values());
    } catch (final IllegalArgumentException duplicate) {
      throw new StreamException(place + ": " + duplicate.getMessage(), duplicate);
    }
  }

  Schema schema() {
    return schema;
  }

  int count() {
    return schema.featureCount() + 1;
  }

  /**
   * @param cells one per column
   * @param line for messages, counted from 1
   */
  Instance instance(final List<String> cells, final long line) {
    if (cells.size() != count()) {
      throw new StreamException(
          place + " line " + line + " has " + cells.size() + " cells, expected are " + count());
    }
    final double[] x = new double[schema.featureCount()];
    int label = -1;
    for (int column = 0; column < cells.size(); column++) {
      final String cell = cells.get(column);
      final boolean missing = isMissing(cell);
      if (column == labelColumn) {
        label = missing ? -1 : label(cell, line);
      } else {
        final int feature = column < labelColumn ? column : column - 1;
        x[feature] = missing ? Double.NaN : value(feature, cell, line);
      }
    }
    return new Instance(x, label);
  }

  static boolean isMissing(final String cell) {
    return cell.isEmpty() || cell.equals("?");
  }

  /** The finite number that a cell holds, or NaN. */
  static double number(final String cell) {
    try {
      final double value = Double.parseDouble(cell);
      return Double.isFinite(value) ? value : Double.NaN;
    } catch (final NumberFormatException notANumber) {
      return Double.NaN;
    }
  }

  private int label(final String cell, final long line) {
    int label = schema.classIndex(cell);
    if (label < 0) {
      if (!open) {
        throw new StreamException(
            place + " line " + line + " has the unknown class '" + cell + "'");
      }
      label = schema.classCount();
      schema = schema.withClass(cell);
    }
    return label;
  }

  private double value(final int feature, final String cell, final long line) {
    final Feature column = schema.features().get(feature);
    if (column.isNominal()) {
      return nominal(feature, cell, line);
    }
    final double number = number(cell);
    if (Double.isNaN(number)) {
      throw new StreamException(
          place
              + " line "
              + line
              + ": '"
              + cell
              + "' is not a finite number, as column '"
              + column.name()
              + "' holds");
    }
    return number;
  }

  private int nominal(final int feature, final String cell, final long line) {
    int value = schema.valueIndex(feature, cell);
    if (value < 0) {
      if (!open) {
        throw new StreamException(
            place
                + " line "
                + line
                + ": '"
                + cell
                + "' is none of the values declared for attribute '"
                + schema.features().get(feature).name()
                + "'");
      }
      value = schema.features().get(feature).values().size();
      schema = schema.withValue(feature, cell);
    }
    return value;
  }
}
