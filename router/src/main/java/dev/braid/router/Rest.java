package dev.braid.router;

import dev.braid.drift.Detectors;
import dev.braid.drift.DriftDetector;
import dev.braid.experts.PortableMath;
import dev.braid.experts.Probabilities;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * Decides when one expert of classes rests, from its own log loss and that of the cheapest
 * reference there is: how often each class came lately. An expert that loses clearly more than that
 * knows nothing that would not be known without it, unless it is getting better: after a drift what
 * learns slowly loses more for a while. It is judged at the end of each period by the second half
 * of it, so that one that was woken can learn first; it rests once it was found worth nothing some
 * times in a row, and from then on after each trial in vain.
 *
 * <p>Pauses double from one trial in vain to the next. When an alarm sounds, since the frequencies
 * are wrong more often than they were, or after the expert was worth something, they are short
 * again. Where the expert's operations are bounded it also rests until it can be afforded again.
 */
final class Rest {
  /** Events until an expert is judged for the first time: what learns slowly shall have begun. */
  private static final int FIRST_PERIOD = 2_000;

  /** Events of each later period. */
  static final int PERIOD = 1_000;

  static final int SHORTEST_PAUSE = 2_000;
  private static final int LONGEST_PAUSE = 16_000;

  /** Periods in a row in which an expert is worth nothing before it rests for the first time. */
  private static final int PATIENCE = 3;

  /**
   * Loss, as a multiple of the reference's, from which an expert is worth nothing. One that is just
   * beginning anew loses as much as the reference or a little more.
   */
  private static final double WORTHLESS = 1.2;

  /** Loss that is getting better, as a multiple of the least one since it was worth something. */
  private static final double BETTER = 0.97;

  /** More than any loss that is a multiple of the reference's. */
  private static final double NONE_YET = Double.MAX_VALUE;

  /** What a class's count still weighs one event later: a memory of 1,000. */
  private static final double KEPT = 1 - 1 / 1000.0;

  /** Count that each class starts with. */
  private static final double PRIOR = 0.1;

  /** Share of each probability that is spread evenly, as the pool has it. */
  private static final double DOUBT = 0.01;

  private static final DriftDetector FRESH_ALARM = Detectors.open("hddm-a(confidence=1e-5)");

  private final double affordable;
  private double[] counts;
  private DriftDetector alarm = FRESH_ALARM.fresh();
  private boolean rests;

  /** Events until it is judged or woken. */
  private int left = FIRST_PERIOD;

  /** Operations that are saved up, below 0 those that are still to be saved. */
  private double credit;

  /** Periods in a row that were in vain, {@link #PATIENCE} at most. */
  private int inVain;

  /** The least loss since it was worth something, as a multiple of the reference's. */
  private double least = NONE_YET;

  private int rested;
  private int pause;

  // Sums over the second half of the period.
  private double loss;
  private double referenceLoss;

  /**
   * @param affordable operations of an event, on the mean, that the expert may take at most
   */
  Rest(final int classes, final double affordable) {
    counts = new double[classes];
    this.affordable = affordable;
  }

  boolean rests() {
    return rests;
  }

  void grow(final int classes) {
    counts = Arrays.copyOf(counts, classes);
  }

  private double frequency(final int label) {
    double sum = 0;
    for (final double count : counts) {
      sum += count + PRIOR;
    }
    return (counts[label] + PRIOR) / sum;
  }

  private double lossOf(final double probability) {
    return -PortableMath.log(probability * (1 - DOUBT) + DOUBT / counts.length);
  }

  /**
   * Takes in an event.
   *
   * @param predicted what the expert said of it; not looked at while it rests
   * @param operations that the expert took for it; 0 where that is not bounded
   */
  void learn(final int label, final double[] predicted, final long operations) {
    credit = Math.min(0, credit + affordable - operations);
    if (alarm.rose(Probabilities.argMax(counts) == label ? 0 : 1)) {
      pause = Math.min(SHORTEST_PAUSE, pause);
    }
    if (rests) {
      rested = Math.min(LONGEST_PAUSE, rested + 1);
      if (rested >= pause && credit >= 0) {
        rests = false;
        left = PERIOD;
      }
    } else {
      if (left <= PERIOD / 2) {
        loss += lossOf(predicted[label]);
        referenceLoss += lossOf(frequency(label));
      }
      if (--left == 0) {
        judge();
      }
    }
    for (int c = 0; c < counts.length; c++) {
      counts[c] *= KEPT;
    }
    counts[label]++;
  }

  private void judge() {
    final double multiple = Math.min(NONE_YET, loss / Math.max(Double.MIN_NORMAL, referenceLoss));
    final boolean worth = multiple < WORTHLESS;
    inVain = worth || multiple < BETTER * least ? 0 : Math.min(PATIENCE, inVain + 1);
    least = worth ? NONE_YET : Math.min(least, multiple);
    final boolean worthless = inVain == PATIENCE;
    rests = worthless || credit < 0;
    pause = worthless ? Math.max(SHORTEST_PAUSE, Math.min(LONGEST_PAUSE, 2 * pause)) : 0;
    rested = 0;
    loss = 0;
    referenceLoss = 0;
    left = PERIOD;
  }

  /**
   * Layout: whether it rests, events left of the period, periods in vain, events rested, length of
   * the pause, credit, least loss, both sums, counts of the classes, detector of the alarm.
   */
  void write(final ImageWriter out) {
    out.begin(ImageKind.REST)
        .putBoolean(rests)
        .putInt(left)
        .putInt(inVain)
        .putInt(rested)
        .putInt(pause);
    out.putDouble(credit)
        .putDouble(least)
        .putDouble(loss)
        .putDouble(referenceLoss)
        .putDoubles(counts, counts.length);
    Detectors.write(alarm, out);
  }

  /** Reads what {@link #write} wrote. */
  static Rest read(final int classes, final double affordable, final ImageReader in) {
    in.begin(ImageKind.REST);
    final Rest rest = new Rest(classes, affordable);
    rest.rests = in.getBoolean();
    rest.left = in.getIntIn(0, FIRST_PERIOD, "events until an expert is judged");
    rest.inVain = in.getIntIn(0, PATIENCE, "periods in vain");
    rest.rested = in.getIntIn(0, LONGEST_PAUSE, "events that an expert rested");
    rest.pause = in.getIntIn(0, LONGEST_PAUSE, "events that an expert rests");
    rest.credit = in.getDoubleIn(-Double.MAX_VALUE, 0, "operations saved up");
    rest.least = in.getDoubleIn(0, NONE_YET, "least loss of an expert");
    rest.loss = in.getDoubleIn(0, Double.MAX_VALUE, "loss of an expert");
    rest.referenceLoss = in.getDoubleIn(0, Double.MAX_VALUE, "loss of the class frequencies");
    rest.counts = in.getDoubles();
    if (rest.counts.length != classes) {
      throw new MalformedImageException(
          "frequencies of " + rest.counts.length + " classes instead of " + classes);
    }
    ImageReader.requireIn(rest.counts, 0, Double.MAX_VALUE, "a class's count");
    rest.alarm = Detectors.read(in);
    return rest;
  }

  long sizeBytes() {
    return 88 + 8L * counts.length + alarm.sizeBytes();
  }
}
