package dev.braid.jobs.publish;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * When something was published.
 *
 * @param run of the job: whoever starts it anew publishes all models anew
 * @param checkpoint its number within the run; {@link #END} for the end of the input
 */
public record Moment(String run, long checkpoint) {
  /** Number of what is published when the input has ended for good: comes after all others. */
  public static final long END = Long.MAX_VALUE;

  void write(final ImageWriter out) {
    out.putString(run).putLong(checkpoint);
  }

  static Moment read(final ImageReader in) {
    return new Moment(in.getString(), in.getCount("a checkpoint's number"));
  }
}
