package dev.braid.benchmarks.harness;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Tells a waiting person, on a stream of text, how far a benchmark is and how long it will take.
 */
public final class Progress {
  private static final long EVERY_NANOS = 2_000_000_000L;

  private final PrintStream out;

  /** Wall seconds per event of each learner finished so far: what the others are judged by. */
  private final Map<String, Double> secondsPerEvent = new HashMap<>();

  /** Events of the streams that turned out shorter than was asked for. */
  private final Map<String, Long> lengths = new HashMap<>();

  private int cells;
  private int done;
  private List<List<Cell>> waiting = List.of();
  private int runNumber;
  private List<Cell> run = List.of();
  private long runStart;
  private long lastLine;

  public Progress(final PrintStream out) {
    this.out = out;
  }

  void begin(final int planned, final List<List<Cell>> open) {
    cells = planned;
    waiting = open;
    done = planned - open.stream().mapToInt(List::size).sum();
    if (done > 0) {
      out.printf("%d of %d cells are finished already%n", done, planned);
    }
  }

  /** Takes note of finished runs: of how long their streams were. */
  void finished(final Collection<CellResult> results) {
    for (final CellResult result : results) {
      if (result.events() < result.cell().limit()) {
        lengths.put(result.cell().stream(), result.events());
      }
    }
  }

  void begins(final List<Cell> next) {
    closeRun();
    run = next;
    runStart = System.nanoTime();
    lastLine = runStart;
  }

  void events(final long events, final List<Trial<?>> trials) {
    final long now = System.nanoTime();
    final double perEvent = (now - runStart) / 1e9 / events / run.size();
    run.forEach(cell -> secondsPerEvent.put(cell.learner(), perEvent));
    if (now - lastLine < EVERY_NANOS) {
      return;
    }
    lastLine = now;
    out.println(line(events, run.get(0), trials.get(0).accuracySoFar()));
  }

  /** How far the present run is, of which this is the first cell. */
  String line(final long events, final Cell cell, final double accuracy) {
    return String.format(
        Locale.ROOT,
        "cell %d of %d: %s, %s, seed %d: %,d of %,d events, accuracy %.4f, %s left in all",
        done + 1,
        cells,
        cell.stream(),
        run.size() <= 1 ? cell.learner() : run.size() + " learners in turn",
        cell.seed(),
        events,
        length(cell),
        accuracy,
        left(length(cell) - events));
  }

  private long length(final Cell cell) {
    return Math.min(cell.limit(), lengths.getOrDefault(cell.stream(), cell.limit()));
  }

  /**
   * Tells of a run that ended by an exception, with the place in the learner where it was thrown.
   */
  void failed(final TrialException failure) {
    out.println(failure.getMessage());
    for (final StackTraceElement place : failure.getCause().getStackTrace()) {
      out.println("    at " + place);
      if (place.getClassName().startsWith("dev.braid.")) {
        break;
      }
    }
  }

  void end() {
    closeRun();
    run = List.of();
  }

  private void closeRun() {
    if (!run.isEmpty()) {
      done += run.size();
      runNumber++;
    }
  }

  /** A learner not met yet is taken to be as fast as those met on the average. */
  private String left(final long eventsOfRun) {
    final double average =
        secondsPerEvent.values().stream().mapToDouble(Double::doubleValue).average().orElse(0);
    double seconds = 0;
    for (int h = runNumber; h < waiting.size(); h++) {
      for (final Cell cell : waiting.get(h)) {
        final long events = h == runNumber ? eventsOfRun : length(cell);
        seconds += events * secondsPerEvent.getOrDefault(cell.learner(), average);
      }
    }
    final Duration duration = Duration.ofSeconds(Math.round(seconds));
    return String.format(
        Locale.ROOT,
        "%d:%02d:%02d",
        duration.toHours(),
        duration.toMinutesPart(),
        duration.toSecondsPart());
  }
}
