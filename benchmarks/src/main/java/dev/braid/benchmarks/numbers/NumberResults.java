package dev.braid.benchmarks.numbers;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/** The finished runs, as {@code results.csv}, and tables of them, as {@code results.md}. */
final class NumberResults {
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT
          .builder()
          .setHeader(NumberResult.COLUMNS.toArray(String[]::new))
          .setRecordSeparator('\n')
          .get();

  private final Path folder;
  private final List<NumberResult> results = new ArrayList<>();

  private NumberResults(final Path folder) {
    this.folder = folder;
  }

  /**
   * What a folder holds, or nothing.
   *
   * @throws IllegalArgumentException if its file is of another kind
   */
  static NumberResults open(final Path folder) throws IOException {
    final NumberResults read = new NumberResults(folder);
    final Path file = folder.resolve("results.csv");
    if (Files.exists(file)) {
      final CSVFormat format = FORMAT.builder().setSkipHeaderRecord(true).get();
      try (CSVParser lines = CSVParser.parse(file, StandardCharsets.UTF_8, format)) {
        for (final CSVRecord line : lines) {
          read.results.add(result(line));
        }
      } catch (final IllegalArgumentException e) {
        throw new IllegalArgumentException(
            file + " is not a file of such results; move it away or choose another folder", e);
      }
    }
    return read;
  }

  private static NumberResult result(final CSVRecord line) {
    return new NumberResult(
        line.get("stream"),
        line.get("learner"),
        Long.parseLong(line.get("seed")),
        Long.parseLong(line.get("events")),
        Integer.parseInt(line.get("label_delay")),
        Double.parseDouble(line.get("rmse")),
        Double.parseDouble(line.get("mae")),
        Double.parseDouble(line.get("r2")),
        Double.parseDouble(line.get("coverage")),
        Double.parseDouble(line.get("coverage_low")),
        Double.parseDouble(line.get("coverage_high")),
        Double.parseDouble(line.get("width")),
        Double.parseDouble(line.get("rows_per_s")),
        Long.parseLong(line.get("model_bytes")));
  }

  /** The run of a learner over so many events, if it is finished. */
  Optional<NumberResult> find(
      final String stream,
      final String learner,
      final long seed,
      final long events,
      final int delay) {
    return results.stream()
        .filter(
            r ->
                r.stream().equals(stream)
                    && r.learner().equals(learner)
                    && r.seed() == seed
                    && r.events() == events
                    && r.delay() == delay)
        .findFirst();
  }

  /** Forgets a run that is to be made again; its place in the files is the last one then. */
  void remove(final NumberResult result) {
    results.remove(result);
  }

  /** Adds a run and writes both files. */
  void add(final NumberResult result, final String command) throws IOException {
    results.add(result);
    final Path next = folder.resolve("results.csv.next");
    try (Writer out = Files.newBufferedWriter(next, StandardCharsets.UTF_8);
        CSVPrinter printer = new CSVPrinter(out, FORMAT)) {
      for (final NumberResult one : results) {
        printer.printRecord(one.fields());
      }
    }
    Files.move(
        next,
        folder.resolve("results.csv"),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
    Files.writeString(folder.resolve("results.md"), new NumberPage(results).write(command));
  }
}
