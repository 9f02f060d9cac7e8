package dev.braid.jobs.topology;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.jobs.operator.SideOutputs;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets what could be decoded pass and sends dead letters aside.
 *
 * @param <T> what passes
 */
final class Split<T extends Decoded> extends ProcessFunction<Decoded, T> {
  private static final long serialVersionUID = 1L;

  private final Class<T> wanted;

  Split(final Class<T> wanted) {
    this.wanted = wanted;
  }

  @Override
  public void processElement(final Decoded value, final Context context, final Collector<T> out) {
    if (value instanceof DeadLetter letter) {
      context.output(SideOutputs.DEAD_LETTERS, letter);
    } else {
      out.collect(wanted.cast(value));
    }
  }
}
