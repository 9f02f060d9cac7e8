package dev.braid.benchmarks.gpu;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Event;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.MapFunction;

/** Where events arrive with what the layer says about them; one job at a time in this process. */
final class Received implements MapFunction<Event, Event> {
  private static final long serialVersionUID = 1L;

  private static final AtomicLong EVENTS = new AtomicLong();
  private static final AtomicLong REFUSED = new AtomicLong();
  private static volatile String reason = "";
  private static volatile long incidentAt = Long.MAX_VALUE;
  private static volatile Runnable incident = () -> {};
  private static volatile float[][] kept = new float[0][];

  private final int brought;

  /**
   * @param brought features that an event has without what the layer says
   */
  Received(final int brought) {
    this.brought = brought;
  }

  /**
   * Begins anew.
   *
   * @param keep events whose probabilities are to be kept, by number
   * @param at number of events after which something happens
   * @param what happens, once
   */
  static void begin(final int keep, final long at, final Runnable what) {
    EVENTS.set(0);
    REFUSED.set(0);
    kept = new float[keep][];
    incidentAt = at;
    incident = what;
  }

  @Override
  public Event map(final Event event) {
    final int number = (int) Math.min(Integer.MAX_VALUE, event.origin().offset());
    final float[][] all = kept;
    if (number < all.length) {
      final float[] said = new float[event.numbers().length - brought];
      for (int c = 0; c < said.length; c++) {
        said[c] = (float) event.numbers()[brought + c];
      }
      if (all[number] != null) {
        throw new IllegalStateException("event " + number + " came twice");
      }
      all[number] = said;
    }
    if (EVENTS.incrementAndGet() == incidentAt) {
      incident.run();
    }
    return event;
  }

  /** An event could not be decoded. */
  static void refused(final DeadLetter letter) {
    reason = letter.reason();
    REFUSED.incrementAndGet();
  }

  static long events() {
    return EVENTS.get();
  }

  /**
   * Probabilities by event, shape [events][classes].
   *
   * @throws IllegalStateException if an event did not arrive
   */
  static float[][] all() {
    final long lost = Arrays.stream(kept).filter(said -> said == null).count();
    if (lost > 0 || REFUSED.get() > 0) {
      throw new IllegalStateException(
          lost + " events were lost, " + REFUSED.get() + " refused: " + reason);
    }
    return kept;
  }
}
