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
  private int heatNumber;
  private List<Cell> heat = List.of();
  private long heatStart;
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

  void heat(final List<Cell> next) {
    closeHeat();
    heat = next;
    heatStart = System.nanoTime();
    lastLine = heatStart;
  }

  void events(final long events, final List<Lane<?>> lanes) {
    final long now = System.nanoTime();
    final double perEvent = (now - heatStart) / 1e9 / events / heat.size();
    heat.forEach(cell -> secondsPerEvent.put(cell.learner(), perEvent));
    if (now - lastLine < EVERY_NANOS) {
      return;
    }
    lastLine = now;
    out.println(line(events, heat.get(0), lanes.get(0).accuracySoFar()));
  }

  /** How far the present heat is, of which this is the first cell. */
  String line(final long events, final Cell cell, final double accuracy) {
    return String.format(
        Locale.ROOT,
        "cell %d of %d: %s, %s, seed %d: %,d of %,d events, accuracy %.4f, %s left in all",
        done + 1,
        cells,
        cell.stream(),
        heat.size() <= 1 ? cell.learner() : heat.size() + " learners in turn",
        cell.seed(),
        events,
        length(cell),
        accuracy,
        left(length(cell) - events));
  }

  private long length(final Cell cell) {
    return Math.min(cell.limit(), lengths.getOrDefault(cell.stream(), cell.limit()));
  }

  void end() {
    closeHeat();
    heat = List.of();
  }

  private void closeHeat() {
    if (!heat.isEmpty()) {
      done += heat.size();
      heatNumber++;
    }
  }

  /** A learner not met yet is taken to be as fast as those met on the average. */
  private String left(final long eventsOfHeat) {
    final double average =
        secondsPerEvent.values().stream().mapToDouble(Double::doubleValue).average().orElse(0);
    double seconds = 0;
    for (int h = heatNumber; h < waiting.size(); h++) {
      for (final Cell cell : waiting.get(h)) {
        final long events = h == heatNumber ? eventsOfHeat : length(cell);
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
