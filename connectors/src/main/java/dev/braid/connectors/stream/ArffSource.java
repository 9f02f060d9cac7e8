package dev.braid.connectors.stream;

import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Reads ARFF, the format of Weka and MOA, to the values that MOA's own reader gives. It is stricter
 * where that reader would guess: a row with another number of values is refused.
 */
final class ArffSource implements TableSource {
  private static final int SAMPLED_ROWS = 1_000;
  private static final int SAMPLED_CELLS = 1 << 20;

  private final String place;
  private final TextLines lines;
  private final ArffLine line = new ArffLine();
  private final Columns columns;
  private final int width;
  private final Deque<Instance> sample = new ArrayDeque<>();
  private final String understood;

  /** A row may begin on the line of {@code @data}. */
  private String behindHeader;

  /** Takes the text over; the caller closes it if this throws. */
  ArffSource(final Path file, final TextDecoder text, final StreamOptions options) {
    this.place = file.toString();
    this.lines = new TextLines(place, text);
    final ArffHeader header = ArffHeader.read(place, lines);
    final List<ArffAttribute> attributes = header.attributes();
    this.behindHeader = header.behind();
    this.width = attributes.size();
    this.columns =
        new Columns(
            place,
            columns(attributes, options.columns()),
            MissingValues.inArff(options.format().missing()));
    final boolean more = sample();
    this.understood =
        Understanding.line(
            file.getFileName().toString(),
            "ARFF in " + text.encoding(),
            sample.size(),
            more,
            columns,
            null);
  }

  @Override
  public Schema schema() {
    return columns.schema();
  }

  @Override
  public String understood() {
    return understood;
  }

  @Override
  public Instance next() {
    return sample.isEmpty() ? read() : sample.poll();
  }

  @Override
  public void close() {
    lines.close();
  }

  /** Reads the first rows, and with them names that are not declared; false if that is all. */
  private boolean sample() {
    final int most = Math.max(1, Math.min(SAMPLED_ROWS, SAMPLED_CELLS / width));
    while (sample.size() < most) {
      final Instance instance = read();
      if (instance == null) {
        return false;
      }
      sample.add(instance);
    }
    return true;
  }

  private List<FileColumn> columns(
      final List<ArffAttribute> attributes, final TableColumns wanted) {
    final ColumnChoice choice =
        new ColumnChoice(place, attributes.stream().map(ArffAttribute::name).toList(), wanted);
    final int label = choice.label(List.of());
    final List<FileColumn> columns = new ArrayList<>(attributes.size());
    for (int a = 0; a < attributes.size(); a++) {
      final FileColumn column = column(attributes.get(a), choice);
      final FileColumn.Use use = column.isNumeric() ? FileColumn.Use.NUMBER : FileColumn.Use.LABEL;
      columns.add(a == label ? column.as(use) : column);
    }
    return columns;
  }

  private FileColumn column(final ArffAttribute attribute, final ColumnChoice choice) {
    final String name = attribute.name();
    if (choice.isDropped(name)) {
      return FileColumn.nominal(name, List.of()).as(FileColumn.Use.DROPPED);
    }
    if (choice.isNumeric(name)) {
      return FileColumn.numeric(name, NumberFormat.JAVA).lenient();
    }
    if (choice.isNominal(name) || attribute.type().equals(ArffAttribute.NOMINAL)) {
      return FileColumn.nominal(name, attribute.values());
    }
    if (attribute.type().equals(ArffAttribute.NUMERIC)) {
      return FileColumn.numeric(name, NumberFormat.JAVA);
    }
    throw new StreamException(
        place
            + " line "
            + attribute.line()
            + ": attribute "
            + Quoted.text(name)
            + " is of type '"
            + attribute.type()
            + "', supported are numeric and nominal ones; leave it out with --drop, or take its"
            + " texts as names with --nominal");
  }

  private Instance read() {
    String text = behindHeader == null ? lines.next() : behindHeader;
    behindHeader = null;
    while (text != null) {
      line.read(text);
      if (!line.isEmpty()) {
        final List<String> cells = line.tokens().get(0).isBrace('{') ? sparse() : dense();
        return columns.instance(cells, lines.number());
      }
      text = lines.next();
    }
    return null;
  }

  private List<String> dense() {
    if (line.isUnclosed()) {
      throw new StreamException(lines.at() + ": a quote is not closed");
    }
    final List<String> values = line.values();
    if (values.size() == width) {
      return values;
    }
    if (line.hasTextBehindQuote()) {
      throw new StreamException(lines.at() + ": text follows a closing quote");
    }
    final List<String> cells = line.cells();
    while (cells.size() > width && cells.get(cells.size() - 1).isEmpty()) {
      cells.remove(cells.size() - 1);
    }
    if (cells.size() == width) {
      return cells;
    }
    throw new StreamException(
        lines.at()
            + " has "
            + cells.size()
            + " cells, expected are "
            + width
            + (line.isCommented() ? "; a percent sign outside quotes begins a comment" : ""));
  }

  /** Pairs of index and value; what is not there is nought, or the first of the names. */
  private List<String> sparse() {
    final List<ArffLine.Token> tokens = line.tokens();
    final String[] cells = new String[width];
    int at = 1;
    while (at < tokens.size() && !tokens.get(at).isBrace('}')) {
      if (at + 1 >= tokens.size() || !tokens.get(at + 1).isValue() || line.isUnclosed()) {
        throw new StreamException(lines.at() + ": the sparse row ends in the middle of a value");
      }
      cells[index(tokens.get(at).text())] = tokens.get(at + 1).text();
      at += 2;
    }
    if (at == tokens.size()) {
      throw new StreamException(lines.at() + ": the sparse row has no closing brace");
    }
    return Arrays.asList(cells);
  }

  private int index(final String text) {
    try {
      final int index = Integer.parseInt(text);
      if (index >= 0 && index < width) {
        return index;
      }
    } catch (final NumberFormatException notAnIndex) {
      // Refused below, with those that are too large.
    }
    throw new StreamException(
        lines.at()
            + ": "
            + Quoted.text(text)
            + " is no attribute's index, which goes from 0 to "
            + (width - 1));
  }
}
