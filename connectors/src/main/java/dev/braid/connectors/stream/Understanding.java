package dev.braid.connectors.stream;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says in one line how a table is understood. */
final class Understanding {
  private static final int ALL_DIFFERENT = 100;

  private Understanding() {}

  /**
   * @param file its name
   * @param format what kind of file it is
   * @param rows how many were looked at
   * @param more whether there are others behind them
   * @param columns after these rows
   * @param index name of the column that counts the rows, or null
   */
  static String line(
      final String file,
      final String format,
      final long rows,
      final boolean more,
      final Columns columns,
      final String index) {
    final Schema schema = columns.schema();
    final List<String> numeric = names(schema, false);
    final List<String> nominal = names(schema, true);
    final StringBuilder line = new StringBuilder();
    line.append(file).append(": ").append(format);
    line.append("; ").append(more ? "judged by its first " : "");
    line.append(String.format(Locale.ROOT, "%,d %s", rows, rows == 1 ? "row" : "rows"));
    line.append("; ").append(counted(numeric, "numeric"));
    line.append(", ").append(counted(nominal, "nominal"));
    line.append("; label ").append(Quoted.text(columns.label().name()));
    line.append(", ").append(target(schema));
    final List<String> dropped =
        columns.all().stream()
            .filter(column -> column.use() == FileColumn.Use.DROPPED)
            .map(FileColumn::name)
            .filter(name -> !name.equals(index))
            .toList();
    if (!dropped.isEmpty()) {
      line.append("; left out: ").append(Quoted.list(dropped));
    }
    if (index != null) {
      line.append("; the first column has no name and counts the rows: left out");
    }
    final List<String> identifiers = identifiers(schema, rows);
    if (!identifiers.isEmpty()) {
      line.append("; another value in every row: ").append(Quoted.list(identifiers));
      line.append(" (leave it out with --drop?)");
    }
    return line.toString();
  }

  private static List<String> names(final Schema schema, final boolean nominal) {
    return schema.features().stream()
        .filter(feature -> feature.isNominal() == nominal)
        .map(Feature::name)
        .toList();
  }

  private static String counted(final List<String> names, final String kind) {
    return names.isEmpty()
        ? "no " + kind
        : String.format(Locale.ROOT, "%,d %s (%s)", names.size(), kind, Quoted.list(names));
  }

  private static String target(final Schema schema) {
    return schema.target() instanceof Target.Quantity
        ? "a number to be predicted (--nominal for classes)"
        : classes(schema.classes());
  }

  private static String classes(final List<String> classes) {
    return classes.isEmpty()
        ? "no classes yet"
        : String.format(
            Locale.ROOT,
            "%,d %s (%s)",
            classes.size(),
            classes.size() == 1 ? "class" : "classes",
            Quoted.list(classes));
  }

  private static List<String> identifiers(final Schema schema, final long rows) {
    final List<String> names = new ArrayList<>();
    for (final Feature feature : schema.features()) {
      if (rows >= ALL_DIFFERENT && feature.values().size() == rows) {
        names.add(feature.name());
      }
    }
    return names;
  }
}
