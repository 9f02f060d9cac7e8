package dev.braid.benchmarks.harness;

import dev.braid.benchmarks.harness.CellResult.Cost;
import dev.braid.benchmarks.harness.CellResult.Probabilistic;
import dev.braid.benchmarks.harness.CellResult.Scores;
import dev.braid.connectors.stream.DriftPoint;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import dev.braid.evaluation.PrequentialEvaluator;
import dev.braid.evaluation.ProbabilityEvaluator;
import dev.braid.evaluation.WindowAccuracy;
import dev.braid.experts.Probabilities;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * One contestant's run. A chunk of events goes through three steps, and only the second is on the
 * clock: {@link #load}, {@link #run}, {@link #account}.
 */
final class Trial<R> {
  /** How often in a run the model is weighed; walking a large forest takes seconds. */
  private static final int WEIGHINGS = 5;

  private static final double BYTES_PER_GIB = 1024.0 * 1024 * 1024;
  private static final double NANOS_PER_HOUR = 3.6e12;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** An event that waits for its label. */
  private record Unlearned<R>(long event, R row) {}

  private final Cell cell;
  private final Contestant<R> contestant;
  private final int window;
  private final PrequentialEvaluator evaluator = new PrequentialEvaluator();
  private final WindowAccuracy lately;
  private final ProbabilityEvaluator probabilities = new ProbabilityEvaluator();
  private final StretchCounts stretches;
  private final List<Double> curve = new ArrayList<>();
  private final List<R> rows;
  private final int[] labels;
  private final int[] predictions;
  // Per event of the chunk: classes known, and what was predicted for each that the learner knew.
  private final int[] classes;
  private final double[][] scores;
  private final double[][] weights;
  private final RoutingMeter<R> routing = new RoutingMeter<>();
  private final Deque<Unlearned<R>> unlearned = new ArrayDeque<>();
  private final List<Long> alarms = new ArrayList<>();

  private long events;
  private long cpuNanos;
  private long weighedNanos;
  private int weighings;
  private long modelBytes;
  private double ramHours;

  /**
   * @param chunk most events between two calls of {@link #account}
   * @param drifts where the stream is known to change
   */
  Trial(
      final Cell cell,
      final Contestant<R> contestant,
      final int chunk,
      final List<DriftPoint> drifts) {
    this.cell = cell;
    this.contestant = contestant;
    this.window = (int) Math.max(1, cell.limit() / 100);
    this.lately = new WindowAccuracy(window);
    this.rows = new ArrayList<>(chunk);
    this.labels = new int[chunk];
    this.predictions = new int[chunk];
    this.classes = new int[chunk];
    this.scores = new double[chunk][0];
    this.weights = new double[chunk][0];
    this.stretches = new StretchCounts(drifts);
  }

  Cell cell() {
    return cell;
  }

  /** Puts an event into the contestant's own form; at most a chunk of them before {@link #run}. */
  void load(final Instance instance, final Schema schema) {
    labels[rows.size()] = instance.label();
    classes[rows.size()] = schema.classCount();
    rows.add(contestant.encode(instance, schema));
  }

  /**
   * Predicts and learns the loaded events.
   *
   * @throws TrialException if the contestant throws
   */
  void run() {
    final long start = THREADS.getCurrentThreadCpuTime();
    try {
      if (cell.labelDelay() == 0) {
        runWithLabelsAtOnce();
      } else {
        runWithLabelsLate();
      }
    } catch (final RuntimeException e) {
      throw new TrialException(cell, events, e);
    }
    cpuNanos += THREADS.getCurrentThreadCpuTime() - start;
  }

  private void runWithLabelsAtOnce() {
    for (int i = 0; i < rows.size(); i++) {
      final R row = rows.get(i);
      predictions[i] = labels[i] < 0 ? contestant.predict(row) : contestant.testThenTrain(row);
      keepPrediction(i);
      noteAlarm(events + i);
    }
  }

  /** The label of event t comes after event t + delay was predicted, and finds t's own features. */
  private void runWithLabelsLate() {
    for (int i = 0; i < rows.size(); i++) {
      final long event = events + i;
      predictions[i] = contestant.predict(rows.get(i));
      keepPrediction(i);
      if (labels[i] >= 0) {
        unlearned.addLast(new Unlearned<>(event, rows.get(i)));
      }
      final Unlearned<R> oldest = unlearned.peekFirst();
      if (oldest != null && oldest.event() + cell.labelDelay() <= event) {
        contestant.learn(unlearned.removeFirst().row());
        noteAlarm(event);
      }
    }
  }

  private void keepPrediction(final int row) {
    scores[row] = copied(contestant.prediction(), scores[row]);
    weights[row] = copied(contestant.weights(), weights[row]);
  }

  private static double[] copied(final double[] from, final double[] to) {
    final double[] copy = to.length == from.length ? to : new double[from.length];
    System.arraycopy(from, 0, copy, 0, from.length);
    return copy;
  }

  private void noteAlarm(final long event) {
    if (contestant.alarmed()) {
      alarms.add(event);
    }
  }

  /** Scores the chunk and weighs the model when a share of the run is done. */
  void account() {
    for (int i = 0; i < rows.size(); i++) {
      routing.took(rows.get(i), weights[i], contestant.chosenFrom());
      if (labels[i] >= 0) {
        evaluator.add(predictions[i], labels[i]);
        lately.add(predictions[i] == labels[i]);
        probabilities.add(probabilities(i), labels[i]);
        stretches.count(events + i, predictions[i] == labels[i]);
        if (evaluator.events() % window == 0) {
          curve.add(lately.accuracy());
        }
      }
    }
    routing.askAgain(contestant);
    events += rows.size();
    rows.clear();
    if (events >= cell.limit() * (weighings + 1) / WEIGHINGS) {
      weigh();
    }
  }

  /** What was predicted, as probabilities of the classes known then. */
  private double[] probabilities(final int row) {
    if (scores[row].length < classes[row]) {
      scores[row] = Arrays.copyOf(scores[row], classes[row]);
    }
    Probabilities.normalise(scores[row]);
    return scores[row];
  }

  private void weigh() {
    modelBytes = contestant.sizeBytes();
    ramHours += modelBytes / BYTES_PER_GIB * ((cpuNanos - weighedNanos) / NANOS_PER_HOUR);
    weighedNanos = cpuNanos;
    weighings++;
  }

  double cpuSeconds() {
    return cpuNanos / 1e9;
  }

  double accuracySoFar() {
    return evaluator.accuracy();
  }

  /**
   * @param atTheEnd classes of the stream's schema at its end
   */
  CellResult finish(final int atTheEnd, final boolean interleaved) {
    if (weighedNanos < cpuNanos || weighings == 0) {
      weigh();
    }
    return new CellResult(
        cell,
        events,
        scores(atTheEnd),
        new Probabilistic(
            probabilities.logLoss(), probabilities.brier(), probabilities.calibrationError()),
        stretches.stretches(),
        routing.routing(contestant.operations()),
        window,
        curve,
        new Cost(cpuSeconds(), modelBytes, ramHours, interleaved),
        alarms);
  }

  private Scores scores(final int atTheEnd) {
    final List<Double> recall = new ArrayList<>(atTheEnd);
    for (int c = 0; c < atTheEnd; c++) {
      recall.add(evaluator.recall(c));
    }
    return new Scores(
        evaluator.accuracy(),
        evaluator.kappa(),
        evaluator.kappaM(),
        evaluator.kappaT(),
        evaluator.macroRecall(),
        recall);
  }
}
