package dev.braid.jobs.sql;

import dev.braid.jobs.config.ConfigException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.functions.TableSemantics;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.flink.types.Row;

/** Which column of the input is what. */
final class InputColumns {
  private static final String NULL = "\0";

  private final int[] partition;
  private final int id;
  private final int label;
  private final LogicalType labels;
  private final int[] features;
  private final String[] names;
  private final boolean[] number;
  private final boolean hasTime;

  private InputColumns(
      final TableSemantics input, final String label, final String id, final boolean predicted) {
    final List<String> columns = DataType.getFieldNames(input.dataType());
    final List<DataType> types = DataType.getFieldDataTypes(input.dataType());
    this.id = find(columns, "id", id);
    this.label = find(columns, "label", label);
    labels = types.get(this.label).getLogicalType();
    partition = input.partitionByColumns();
    final Set<Integer> taken = new HashSet<>(List.of(this.id, this.label));
    for (final int column : partition) {
      taken.add(column);
    }
    for (final int column : taken) {
      requireText(columns.get(column), types.get(column).getLogicalType());
    }
    taken.add(input.timeColumn());
    final List<Integer> rest = new ArrayList<>();
    boolean watermark = false;
    for (int column = 0; column < columns.size(); column++) {
      // While a statement is planned the time column is not told; its type says that it is one.
      if (LogicalTypeChecks.isRowtimeAttribute(types.get(column).getLogicalType())) {
        watermark = true;
      } else if (predicted && !taken.contains(column)) {
        rest.add(column);
      }
    }
    hasTime = watermark;
    features = rest.stream().mapToInt(Integer::intValue).toArray();
    names = rest.stream().map(columns::get).toArray(String[]::new);
    number = new boolean[features.length];
    for (int f = 0; f < features.length; f++) {
      number[f] = isNumber(names[f], types.get(features[f]).getLogicalType());
    }
  }

  /**
   * The columns of the rows to predict.
   *
   * @throws ConfigException with one sentence if a column is missing, or is of a type that a
   *     feature cannot have
   */
  static InputColumns ofInput(final TableSemantics input, final String label, final String id) {
    final InputColumns columns = new InputColumns(input, label, id, true);
    if (columns.features.length == 0) {
      throw new ConfigException("The input of BRAID has no column that could be a feature.");
    }
    return columns;
  }

  /**
   * The columns of late labels; others than label, id and partition are not looked at.
   *
   * @throws ConfigException with one sentence if a column is missing
   */
  static InputColumns ofLabels(final TableSemantics labels, final String label, final String id) {
    return new InputColumns(labels, label, id, false);
  }

  /** Whether a column has a watermark, and can be the rows' time. */
  boolean hasTime() {
    return hasTime;
  }

  private static int find(final List<String> columns, final String argument, final String name) {
    final int column = columns.indexOf(name);
    if (column < 0) {
      throw new ConfigException(
          "The argument '"
              + argument
              + "' of BRAID names the column '"
              + name
              + "', but the input has "
              + String.join(", ", columns)
              + ".");
    }
    return column;
  }

  /**
   * Bytes and what is nested have no text of their own, by which a row or a model is found again.
   */
  private static void requireText(final String name, final LogicalType type) {
    if (!type.isAnyOf(
            LogicalTypeFamily.NUMERIC,
            LogicalTypeFamily.CHARACTER_STRING,
            LogicalTypeFamily.DATETIME)
        && !type.is(LogicalTypeRoot.BOOLEAN)) {
      throw new ConfigException(
          "Column '"
              + name
              + "' of the input of BRAID is of type "
              + type.asSummaryString()
              + ": the label, the id and what a table is partitioned by are numbers, texts, truth"
              + " values, dates or times.");
    }
  }

  private static boolean isNumber(final String name, final LogicalType type) {
    if (type.is(LogicalTypeFamily.NUMERIC)) {
      return true;
    }
    if (type.is(LogicalTypeFamily.CHARACTER_STRING) || type.is(LogicalTypeRoot.BOOLEAN)) {
      return false;
    }
    throw new ConfigException(
        "Column '"
            + name
            + "' of the input of BRAID is of type "
            + type.asSummaryString()
            + ": a feature is a number, a text or a truth value. Select it away, or as one of"
            + " these.");
  }

  /** The key of a row's model: the values it is partitioned by, empty for none. */
  String key(final Row row) {
    if (partition.length == 0) {
      return "";
    }
    if (partition.length == 1) {
      return part(row.getField(partition[0]));
    }
    final StringBuilder key = new StringBuilder();
    for (final int column : partition) {
      final String part = part(row.getField(column));
      key.append(part.length()).append(':').append(part);
    }
    return key.toString();
  }

  /** A value of the key; null is another than the text 'null', and than any. */
  private static String part(final Object value) {
    if (value == null) {
      return NULL;
    }
    final String text = value.toString();
    return text.startsWith(NULL) ? NULL + text : text;
  }

  /** The row's id, or null. */
  String id(final Row row) {
    return text(row.getField(id));
  }

  /** The row's label, or null. */
  String label(final Row row) {
    return text(row.getField(label));
  }

  /** The type of the labels. */
  LogicalType labels() {
    return labels;
  }

  /** Whether the row has a value for any feature. */
  boolean hasFeatures(final Row row) {
    for (final int column : features) {
      if (row.getField(column) != null) {
        return true;
      }
    }
    return false;
  }

  /** Names of the features, shared. */
  String[] names() {
    return names;
  }

  /** The numbers of a row, NaN where a feature is missing or a text. */
  double[] numbers(final Row row) {
    final double[] numbers = new double[features.length];
    for (int f = 0; f < numbers.length; f++) {
      final Object value = number[f] ? row.getField(features[f]) : null;
      final double plain = value == null ? Double.NaN : ((Number) value).doubleValue();
      numbers[f] = Double.isFinite(plain) ? plain : Double.NaN;
    }
    return numbers;
  }

  /** The texts of a row, null where a feature is missing or a number. */
  String[] texts(final Row row) {
    final String[] texts = new String[features.length];
    for (int f = 0; f < texts.length; f++) {
      texts[f] = number[f] ? null : text(row.getField(features[f]));
    }
    return texts;
  }

  private static String text(final Object value) {
    return value == null ? null : value.toString();
  }
}
