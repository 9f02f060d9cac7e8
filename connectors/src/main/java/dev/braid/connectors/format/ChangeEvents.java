package dev.braid.connectors.format;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.io.IOException;

/**
 * Reads envelopes as Debezium writes them: a row as it was and as it is now. A row that is inserted
 * is an event; an update that brings its label, which it did not have before, is that event's
 * label. What else happens to a row changes nothing that was learned, and is refused by name.
 */
final class ChangeEvents {
  /** Of formats whose records may be changes, and may be events. */
  static final Option OPTION =
      new Option(
          "envelope",
          "none",
          "`debezium` where the records are changes of a table, which are read as in the format"
              + " debezium; `none` where each is an event or a label.");

  /** What is around an event. */
  private enum Envelope {
    NONE,
    DEBEZIUM
  }

  private final String labelField;

  /**
   * @param fields names of the columns
   */
  ChangeEvents(final FieldNames fields) {
    labelField = fields.label();
  }

  /** Whether the records are changes. */
  static boolean areIn(final Options options) {
    return options.choice(OPTION.name(), Envelope.class) == Envelope.DEBEZIUM;
  }

  /**
   * Lets pass what is no change.
   *
   * @throws IllegalArgumentException where the options ask for changes to be written
   */
  static void refuseToWrite(final Options options) {
    if (areIn(options)) {
      throw new IllegalArgumentException(
          "option 'envelope' must be none where records are written: databases write the others");
    }
  }

  /**
   * Reads an envelope, or one with its schema beside it, as Kafka Connect's converter writes it.
   */
  void read(final Node record, final RecordFields into) throws Refusal, IOException {
    final Node payload = record.get("payload");
    final Node envelope = payload != null && payload.isObject() ? payload : record;
    final String op = envelope.text("op");
    if (op == null) {
      throw new Refusal("the record is no Debezium envelope: it has no 'op'");
    }
    final Node source = envelope.get("source");
    final String committed = source == null ? null : source.text("ts_ms");
    final String time = committed == null ? envelope.text("ts_ms") : committed;
    if (time != null) {
      into.outerTimestamp(time);
    }
    switch (op) {
      case "c", "r" -> row(envelope, op).read(into);
      case "u" -> update(envelope, op, into);
      case "d" -> throw new Refusal("the row was deleted (op 'd'); what was learned of it stays");
      case "t" ->
          throw new Refusal("the table was truncated (op 't'); what was learned of it stays");
      default ->
          throw new Refusal("op is " + Refusal.show(op) + ", and only c, r and u have a row");
    }
  }

  private void update(final Node envelope, final String op, final RecordFields into)
      throws Refusal, IOException {
    final Node row = row(envelope, op);
    final String label = row.text(labelField);
    if (label == null) {
      throw new Refusal(
          "the update brings no label: its row was predicted when it was inserted, and is not again");
    }
    final Node before = envelope.get("before");
    final String known = before == null ? null : before.text(labelField);
    if (known != null) {
      throw new Refusal(
          known.equals(label)
              ? "the update leaves the label as it was: " + Refusal.show(label)
              : "the update changes the label from "
                  + Refusal.show(known)
                  + " to "
                  + Refusal.show(label)
                  + "; what was learned is not taken back");
    }
    into.lateLabel();
    row.read(into);
  }

  private static Node row(final Node envelope, final String op) throws Refusal, IOException {
    final Node row = envelope.get("after");
    if (row == null || !row.isObject()) {
      throw new Refusal("the envelope has no row in 'after', though op is " + Refusal.show(op));
    }
    return row;
  }
}
