package dev.braid.jobs.operator;

import dev.braid.connectors.Event;
import dev.braid.connectors.Origin;
import dev.braid.router.LearnerSpec;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/**
 * What one record did to a model: done again, it does the same, to the last bit.
 *
 * <p>Layout ({@link ImageKind#JOURNAL_ENTRY}): a byte for what it is, then its components in order.
 * Of the events that follow each other, the first is behind an {@link Opening} with their names.
 */
sealed interface JournalEntry {
  PendingEventSerializer PENDING = new PendingEventSerializer();
  Origin NOWHERE = Origin.of("");

  int OPENING = 0;
  int PROCESSED = 1;
  int LATE = 2;
  int COUNTED = 3;

  int MISSING = 0;
  int NUMBER = 1;
  int TEXT = 2;

  /** What the model's learner is, and what the features of the events that follow are called. */
  @SuppressWarnings("ArrayRecordComponent")
  record Opening(LearnerSpec learner, String[] names) implements JournalEntry {}

  /**
   * An event that was predicted, and learned from if its label was known.
   *
   * @param event with its features and time; of its id, key and origin nothing is kept
   * @param label null where it was not known
   * @param waits whether it waits for its label
   */
  record Processed(Event event, String label, boolean waits) implements JournalEntry {}

  /** A late label that was learned from. */
  record Late(PendingEvent event, String label, long timestamp) implements JournalEntry {}

  /**
   * What waits changed without learning.
   *
   * @param first position of the first that may still wait
   * @param events how many more events wait, or fewer if negative
   * @param expiredEvents events that will get no label
   * @param labels how many more labels wait, or fewer if negative
   * @param expiredLabels labels whose events did not come
   */
  record Counted(long first, int events, int expiredEvents, int labels, int expiredLabels)
      implements JournalEntry {}

  /** Writes it; {@code names} are those of the last opening. */
  static byte[] bytes(final JournalEntry entry, final ImageWriter out) {
    out.reset().begin(ImageKind.JOURNAL_ENTRY);
    if (entry instanceof Opening opening) {
      out.putByte(OPENING);
      out.putInt(opening.names.length);
      for (final String name : opening.names) {
        out.putString(name);
      }
      SpecGuard.write(opening.learner, out);
    } else if (entry instanceof Processed processed) {
      out.putByte(PROCESSED);
      processed(processed, out);
    } else if (entry instanceof Late late) {
      out.putByte(LATE);
      PENDING.write(late.event, out);
      out.putString(late.label).putLong(late.timestamp);
    } else {
      final Counted counted = (Counted) entry;
      out.putByte(COUNTED).putLong(counted.first);
      out.putInt(counted.events).putInt(counted.expiredEvents);
      out.putInt(counted.labels).putInt(counted.expiredLabels);
    }
    return out.toByteArray();
  }

  private static void processed(final Processed entry, final ImageWriter out) {
    final Event event = entry.event;
    out.putLong(event.timestamp()).putBoolean(entry.waits);
    optional(entry.label, out);
    final String[] texts = event.texts();
    final double[] numbers = event.numbers();
    for (int i = 0; i < texts.length; i++) {
      if (texts[i] != null) {
        out.putByte(TEXT).putString(texts[i]);
      } else if (Double.isNaN(numbers[i])) {
        out.putByte(MISSING);
      } else {
        out.putByte(NUMBER).putDouble(numbers[i]);
      }
    }
  }

  private static void optional(final String text, final ImageWriter out) {
    out.putBoolean(text != null);
    if (text != null) {
      out.putString(text);
    }
  }

  /**
   * Reads one.
   *
   * @param names of the last opening
   * @throws MalformedImageException if the bytes are none
   */
  static JournalEntry read(final ImageReader in, final String[] names) {
    in.begin(ImageKind.JOURNAL_ENTRY);
    final JournalEntry entry =
        switch (in.getByte()) {
          case OPENING -> opening(in);
          case PROCESSED -> processed(in, names);
          case LATE -> new Late(PENDING.read(in), in.getString(), in.getLong());
          case COUNTED ->
              new Counted(
                  in.getLongIn(0, Long.MAX_VALUE, "a position"),
                  in.getInt(),
                  in.getIntIn(0, Integer.MAX_VALUE, "a count"),
                  in.getInt(),
                  in.getIntIn(0, Integer.MAX_VALUE, "a count"));
          default -> throw new MalformedImageException("an unknown kind of journal entry");
        };
    in.end();
    return entry;
  }

  private static Opening opening(final ImageReader in) {
    final String[] names = new String[in.getIntIn(0, in.remaining(), "number of features")];
    for (int i = 0; i < names.length; i++) {
      names[i] = in.getString();
    }
    return new Opening(SpecGuard.read(in), names);
  }

  private static Processed processed(final ImageReader in, final String[] names) {
    final long timestamp = in.getLong();
    final boolean waits = in.getBoolean();
    final String label = in.getBoolean() ? in.getString() : null;
    if (names == null) {
      throw new MalformedImageException("an event stands in a journal that was not opened");
    }
    final double[] numbers = new double[names.length];
    final String[] texts = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      numbers[i] = Double.NaN;
      switch (in.getByte()) {
        case MISSING -> {}
        case NUMBER -> numbers[i] = in.getDouble();
        case TEXT -> texts[i] = in.getString();
        default -> throw new MalformedImageException("an unknown kind of feature");
      }
    }
    return new Processed(
        new Event("", "", timestamp, names, numbers, texts, label, NOWHERE), label, waits);
  }
}
