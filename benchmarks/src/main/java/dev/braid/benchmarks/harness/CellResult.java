package dev.braid.benchmarks.harness;

import java.util.List;
import java.util.Locale;

/**
 * What one run measured.
 *
 * @param cell the run
 * @param events events predicted
 * @param scores agreement of predictions and labels
 * @param probabilities how good the predicted probabilities are
 * @param stretches accuracy over parts of the stream
 * @param routing who was asked
 * @param window events per point of the curve
 * @param curve accuracy of each full window, 0 to 1
 * @param cost time and memory
 * @param alarms events at which the learner opened, switched or replaced an expert
 */
public record CellResult(
    Cell cell,
    long events,
    Scores scores,
    Probabilistic probabilities,
    Stretches stretches,
    Routing routing,
    int window,
    List<Double> curve,
    Cost cost,
    List<Long> alarms) {

  public CellResult {
    curve = List.copyOf(curve);
    alarms = List.copyOf(alarms);
  }

  /**
   * Agreement of predictions and labels.
   *
   * @param accuracy share of right predictions
   * @param kappa against chance
   * @param kappaM against the majority class so far
   * @param kappaT against repeating the previous label
   * @param macroRecall mean of the recalls of the classes that occurred
   * @param recall per class of the stream's schema; 0 for a class that did not occur
   */
  public record Scores(
      double accuracy,
      double kappa,
      double kappaM,
      double kappaT,
      double macroRecall,
      List<Double> recall) {
    public Scores {
      recall = List.copyOf(recall);
    }
  }

  /**
   * How good the predicted probabilities are; NaN where that was not measured.
   *
   * @param logLoss in nats
   * @param brier summed over the classes, 0 to 2
   * @param calibrationError expected calibration error, 0 to 1
   */
  public record Probabilistic(double logLoss, double brier, double calibrationError) {}

  /**
   * Accuracy over parts of the stream; NaN where that was not measured, or there is no such part.
   *
   * @param first500 over the first 500 events with a label
   * @param first2000 over the first 2,000
   * @param afterDrifts over the 1,000 events from the centre of each known drift on
   */
  public record Stretches(double first500, double first2000, double afterDrifts) {}

  /**
   * Who was asked; NaN where a learner does not weigh experts.
   *
   * @param loadVariation coefficient of variation of the events of each expert that is chosen from:
   *     0 where all have as many
   * @param entropy of an event's weights over these, in nats, mean of the events
   * @param experts with a weight above 0 in an event, those that see every event included
   * @param changeRate share of 256 kept events whose heaviest expert is another a thousand events
   *     later
   * @param bestGroup how well one fixed group of experts would have served 32 events in a row: the
   *     best F1 of any group against what they asked, mean of all such stretches ("Not All Models
   *     Suit Expert Offloading", SRP)
   * @param cacheHits share of what 32 events in a row asked that lies in a cache of twice as many
   *     experts as one event asks, filled in foresight of them (the same, SCH)
   * @param operations of an event, at the most
   */
  public record Routing(
      double loadVariation,
      double entropy,
      double experts,
      double changeRate,
      double bestGroup,
      double cacheHits,
      double operations) {}

  /**
   * What the run took.
   *
   * @param cpuSeconds CPU time of the thread inside the learner's calls
   * @param modelBytes heap held by the learner at the end
   * @param ramHours gibibytes held times hours of CPU, summed over the run
   * @param interleaved whether other learners ran on the same events in turn with it, so that their
   *     times compare
   */
  public record Cost(double cpuSeconds, long modelBytes, double ramHours, boolean interleaved) {}

  /** Events per second of learner CPU time; stream generation is not in it. */
  public double rowsPerSecond() {
    return cost.cpuSeconds() > 0 ? events / cost.cpuSeconds() : 0;
  }

  /** The line that the command prints for this run. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "cell: stream=%s learner=%s seed=%d instances=%d accuracy=%.6f kappa_m=%.6f kappa_t=%.6f"
            + " rows_per_s=%.0f model_bytes=%d",
        quoted(cell.stream()),
        quoted(cell.learner()),
        cell.seed(),
        events,
        scores.accuracy(),
        scores.kappaM(),
        scores.kappaT(),
        rowsPerSecond(),
        cost.modelBytes());
  }

  /** A value with spaces is put in quotes, so that a line splits at the others. */
  private static String quoted(final String value) {
    return value.contains(" ") ? '"' + value + '"' : value;
  }
}
