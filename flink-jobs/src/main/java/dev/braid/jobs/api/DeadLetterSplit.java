package dev.braid.jobs.api;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.operator.SideOutputs;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Lets what is wanted pass and sends dead letters aside, and with them what has longer texts than
 * models may hold; also late labels that come among events which are wanted alone.
 *
 * @param <T> what passes
 */
public final class DeadLetterSplit<T extends Decoded> extends ProcessFunction<Decoded, T> {
  private static final long serialVersionUID = 1L;

  /** Labels among events. */
  public static final OutputTag<LabelRecord> LATE_LABELS =
      new OutputTag<>("late-labels", RecordTypes.LABEL);

  private final Class<T> wanted;
  private final int highestText;

  /**
   * @param highestText characters of an id, a key, a label, or a feature's name or value
   */
  public DeadLetterSplit(final Class<T> wanted, final int highestText) {
    this.wanted = wanted;
    this.highestText = highestText;
  }

  @Override
  public void processElement(final Decoded value, final Context context, final Collector<T> out) {
    if (value instanceof DeadLetter letter) {
      context.output(SideOutputs.DEAD_LETTERS, letter);
      return;
    }
    final Origin origin;
    final int longest;
    if (value instanceof Event event) {
      origin = event.origin();
      longest = longest(event);
    } else {
      final LabelRecord label = (LabelRecord) value;
      origin = label.origin();
      longest = longest(label.id(), label.key(), label.label());
    }
    if (longest > highestText) {
      context.output(
          SideOutputs.DEAD_LETTERS,
          new DeadLetter(
              origin,
              "a text has "
                  + longest
                  + " characters, at most "
                  + highestText
                  + " are allowed (limits.text-length)"));
    } else if (value instanceof LabelRecord label && wanted == Event.class) {
      context.output(LATE_LABELS, label);
    } else {
      out.collect(wanted.cast(value));
    }
  }

  private static int longest(final Event event) {
    int longest = longest(event.id(), event.key(), event.label());
    for (int i = 0; i < event.names().length; i++) {
      final String text = event.texts()[i];
      longest = Math.max(longest, event.names()[i].length());
      longest = text == null ? longest : Math.max(longest, text.length());
    }
    return longest;
  }

  private static int longest(final String id, final String key, final String label) {
    return Math.max(Math.max(id.length(), key.length()), label == null ? 0 : label.length());
  }
}
