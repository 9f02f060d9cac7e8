package dev.braid.benchmarks.numbers;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.Deque;

/** One learner on its way through a stream: predicts every event, then learns from it. */
final class NumberRun {
  /** Events that a learner is told of before they are to be predicted. */
  static final int CHUNK = 1_000;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private record Pending(int event, Object kept) {}

  private final String stream;
  private final String name;
  private final long seed;
  private final NumberStream events;
  private final int delay;
  private final NumberLearner learner;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private final WorstCoverage worst = new WorstCoverage();
  private int at;
  private long nanos;
  private double squares;
  private double absolute;
  private double sum;
  private double sumOfSquares;
  private long intervals;
  private long covered;
  private double width;

  /**
   * @param stream its name
   * @param name of the learner
   * @param delay events that come between an event and its label; 0 where it comes at once
   */
  NumberRun(
      final String stream,
      final String name,
      final long seed,
      final NumberStream events,
      final int delay) {
    this.stream = stream;
    this.name = name;
    this.seed = seed;
    this.events = events;
    this.delay = delay;
    learner = NumberLearner.open(name, seed, events.schema());
  }

  /** Does the next events, a chunk of them; false once there were none. */
  boolean advance() {
    final int end = Math.min(events.y().size(), at + CHUNK);
    final boolean any = at < end;
    final long start = THREADS.getCurrentThreadCpuTime();
    learner.coming(events.x().subList(at, end));
    for (; at < end; at++) {
      step();
    }
    nanos += THREADS.getCurrentThreadCpuTime() - start;
    return any;
  }

  private void step() {
    final double[] x = events.x().get(at);
    final double y = events.y().get(at);
    final double error = (delay == 0 ? learner.testThenTrain(x, y) : learner.predict(x)) - y;
    if (learner.upper() >= learner.lower()) {
      intervals++;
      final boolean within = y >= learner.lower() && y <= learner.upper();
      covered += within ? 1 : 0;
      worst.add(within);
      width += learner.upper() - learner.lower();
    }
    if (delay > 0) {
      pending.add(new Pending(at, learner.keep()));
      if (pending.size() > delay) {
        final Pending due = pending.remove();
        learner.learnLate(events.x().get(due.event()), events.y().get(due.event()), due.kept());
      }
    }
    squares += error * error;
    absolute += Math.abs(error);
    sum += y;
    sumOfSquares += y * y;
  }

  /** What was measured of the events so far. */
  NumberResult result() {
    return new NumberResult(
        stream,
        name,
        seed,
        at,
        delay,
        Math.sqrt(squares / at),
        absolute / at,
        1 - squares / (sumOfSquares - sum * sum / at),
        intervals == 0 ? Double.NaN : (double) covered / intervals,
        worst.low(),
        worst.high(),
        intervals == 0 ? Double.NaN : width / intervals,
        at / (nanos / 1e9),
        learner.sizeBytes());
  }
}
