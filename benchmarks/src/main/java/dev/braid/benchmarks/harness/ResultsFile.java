package dev.braid.benchmarks.harness;

import dev.braid.benchmarks.harness.CellResult.Cost;
import dev.braid.benchmarks.harness.CellResult.Probabilistic;
import dev.braid.benchmarks.harness.CellResult.Routing;
import dev.braid.benchmarks.harness.CellResult.Scores;
import dev.braid.benchmarks.harness.CellResult.Stretches;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/**
 * The finished runs of a benchmark, as a CSV file: one line each, complete with its curve, so that
 * a benchmark that was stopped goes on where it was. The file is replaced as a whole after every
 * run; a reader never meets half a line.
 */
public final class ResultsFile {
  private static final CSVFormat FORMAT =
      CSVFormat.DEFAULT
          .builder()
          .setHeader(
              "stream",
              "learner",
              "seed",
              "limit",
              "label_delay",
              "events",
              "accuracy",
              "kappa",
              "kappa_m",
              "kappa_t",
              "rows_per_s",
              "cpu_s",
              "model_bytes",
              "ram_hours",
              "interleaved",
              "macro_recall",
              "recall",
              "log_loss",
              "brier",
              "calibration_error",
              "first_500",
              "first_2000",
              "after_drifts",
              "load_cv",
              "gate_entropy",
              "experts_per_event",
              "change_rate",
              "srp",
              "sch",
              "operations",
              "window",
              "curve",
              "alarms")
          .setRecordSeparator('\n')
          .get();

  private static final CSVFormat READ = FORMAT.builder().setSkipHeaderRecord(true).get();

  private final Path path;
  private final Map<Cell, CellResult> results = new LinkedHashMap<>();

  private ResultsFile(final Path path) {
    this.path = path;
  }

  /**
   * Opens a file of results; it need not exist yet.
   *
   * @throws IllegalArgumentException if the file holds something else
   */
  public static ResultsFile open(final Path path) {
    final ResultsFile file = new ResultsFile(path);
    if (Files.exists(path)) {
      try (CSVParser parser = CSVParser.parse(path, StandardCharsets.UTF_8, READ)) {
        for (final CSVRecord line : parser) {
          final CellResult result = parse(line);
          file.results.put(result.cell(), result);
        }
      } catch (final IOException e) {
        throw new UncheckedIOException("cannot read " + path, e);
      } catch (final IllegalArgumentException e) {
        throw new IllegalArgumentException(
            path + " is not a file of benchmark results; move it away or choose another folder", e);
      }
    }
    return file;
  }

  /** All finished runs, in the order in which they finished. */
  public Collection<CellResult> results() {
    return List.copyOf(results.values());
  }

  /** The finished run of that cell. */
  public Optional<CellResult> find(final Cell cell) {
    return Optional.ofNullable(results.get(cell));
  }

  /** Adds finished runs, in the place of older ones of the same cells, and writes the file. */
  public void add(final List<CellResult> finished) {
    finished.forEach(result -> results.put(result.cell(), result));
    write();
  }

  /** Forgets runs, so that they are made again. */
  public void remove(final Predicate<Cell> which) {
    if (results.keySet().removeIf(which)) {
      write();
    }
  }

  private void write() {
    final Path next = path.resolveSibling(path.getFileName() + ".next");
    try (Writer out = Files.newBufferedWriter(next, StandardCharsets.UTF_8);
        CSVPrinter printer = new CSVPrinter(out, FORMAT)) {
      for (final CellResult result : results.values()) {
        printer.printRecord(fields(result));
      }
    } catch (final IOException e) {
      throw new UncheckedIOException("cannot write " + next, e);
    }
    try {
      Files.move(next, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (final IOException e) {
      throw new UncheckedIOException("cannot replace " + path, e);
    }
  }

  private static List<Object> fields(final CellResult r) {
    return Arrays.asList(
        r.cell().stream(),
        r.cell().learner(),
        r.cell().seed(),
        r.cell().limit(),
        r.cell().labelDelay(),
        r.events(),
        r.scores().accuracy(),
        r.scores().kappa(),
        r.scores().kappaM(),
        r.scores().kappaT(),
        Math.round(r.rowsPerSecond()),
        r.cost().cpuSeconds(),
        r.cost().modelBytes(),
        r.cost().ramHours(),
        r.cost().interleaved(),
        r.scores().macroRecall(),
        joined(r.scores().recall()),
        r.probabilities().logLoss(),
        r.probabilities().brier(),
        r.probabilities().calibrationError(),
        r.stretches().first500(),
        r.stretches().first2000(),
        r.stretches().afterDrifts(),
        r.routing().loadVariation(),
        r.routing().entropy(),
        r.routing().experts(),
        r.routing().changeRate(),
        r.routing().bestGroup(),
        r.routing().cacheHits(),
        r.routing().operations(),
        r.window(),
        joined(r.curve()),
        joined(r.alarms()));
  }

  private static CellResult parse(final CSVRecord line) {
    return new CellResult(
        new Cell(
            line.get("stream"),
            line.get("learner"),
            Long.parseLong(line.get("seed")),
            Long.parseLong(line.get("limit")),
            Integer.parseInt(line.get("label_delay"))),
        Long.parseLong(line.get("events")),
        new Scores(
            Double.parseDouble(line.get("accuracy")),
            Double.parseDouble(line.get("kappa")),
            Double.parseDouble(line.get("kappa_m")),
            Double.parseDouble(line.get("kappa_t")),
            Double.parseDouble(line.get("macro_recall")),
            split(line.get("recall"), Double::valueOf)),
        new Probabilistic(
            Double.parseDouble(line.get("log_loss")),
            Double.parseDouble(line.get("brier")),
            Double.parseDouble(line.get("calibration_error"))),
        new Stretches(
            Double.parseDouble(line.get("first_500")),
            Double.parseDouble(line.get("first_2000")),
            Double.parseDouble(line.get("after_drifts"))),
        new Routing(
            Double.parseDouble(line.get("load_cv")),
            Double.parseDouble(line.get("gate_entropy")),
            Double.parseDouble(line.get("experts_per_event")),
            Double.parseDouble(line.get("change_rate")),
            Double.parseDouble(line.get("srp")),
            Double.parseDouble(line.get("sch")),
            Double.parseDouble(line.get("operations"))),
        Integer.parseInt(line.get("window")),
        split(line.get("curve"), Double::valueOf),
        new Cost(
            Double.parseDouble(line.get("cpu_s")),
            Long.parseLong(line.get("model_bytes")),
            Double.parseDouble(line.get("ram_hours")),
            Boolean.parseBoolean(line.get("interleaved"))),
        split(line.get("alarms"), Long::valueOf));
  }

  private static String joined(final List<? extends Number> values) {
    return String.join(" ", values.stream().map(Object::toString).toList());
  }

  private static <T> List<T> split(final String field, final Function<String, T> parse) {
    final List<T> values = new ArrayList<>();
    for (final String value : field.split(" ")) {
      if (!value.isEmpty()) {
        values.add(parse.apply(value));
      }
    }
    return values;
  }
}
