package dev.braid.evaluation;

/** Accuracy over a sliding window of the last events. */
public final class WindowAccuracy {
  private final boolean[] correct;
  private long events;
  private int hits;

  /**
   * @param window length of the window in events, 1 or more
   */
  public WindowAccuracy(final int window) {
    if (window < 1) {
      throw new IllegalArgumentException("the window holds 1 event or more, not " + window);
    }
    correct = new boolean[window];
  }

  /** Counts one event, by whether it was predicted correctly. */
  public void add(final boolean wasCorrect) {
    final int slot = (int) (events % correct.length);
    hits += (wasCorrect ? 1 : 0) - (correct[slot] ? 1 : 0);
    correct[slot] = wasCorrect;
    events++;
  }

  /** Share of the window's events that were predicted correctly; 0 before the first. */
  public double accuracy() {
    return events == 0 ? 0 : (double) hits / Math.min(events, correct.length);
  }
}
