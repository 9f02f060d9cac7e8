package dev.braid.connectors.format;

import dev.braid.connectors.DecimalText;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.connectors.format.RecordFormat.Content;
import dev.braid.data.Feature;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a {@link RecordReader} finds in one record. Checks lengths, types and what must be there
 * once, whatever the format. Not thread-safe.
 */
public final class RecordFields {

  /** What a field of a record is by its name. */
  public enum Field {
    ID,
    KEY,
    TIMESTAMP,
    LABEL,
    /** What holds the features, in formats that nest them. */
    FEATURES,
    /** None of these: a feature in flat formats. */
    OTHER
  }

  private final DecoderOptions options;
  private final Content content;
  private final FeatureBuffer features;
  private final Set<Field> seen = EnumSet.noneOf(Field.class);

  /** Bad times of all records before this one. */
  private long badTimestamps;

  /** Whether the record is a label, though events were asked for. */
  private boolean lateLabel;

  private String id;
  private String key;
  private String label;

  /** Milliseconds since the epoch, or -1 where the record names none that is valid. */
  private long timestamp;

  private boolean badTimestamp;

  /** What is around the record says these of it; null, empty and -1 where it does not. */
  private String outerId;

  private String outerKey;
  private long outerTimestamp;
  private boolean badOuterTimestamp;

  RecordFields(final DecoderOptions options, final Content content) {
    this.options = options;
    this.content = content;
    this.features = new FeatureBuffer(options);
    clear();
  }

  /** Makes ready for the next record. */
  void clear() {
    badTimestamps = badTimestamps();
    lateLabel = false;
    outerId = null;
    outerKey = "";
    outerTimestamp = -1;
    badOuterTimestamp = false;
    restart();
  }

  /** Forgets what was read of the record, but not what was said of it from around. */
  void restart() {
    id = null;
    key = "";
    label = null;
    timestamp = -1;
    badTimestamp = false;
    seen.clear();
    features.clear();
  }

  /** What a field of that name is; of a label, features are nothing that is read. */
  public Field field(final String name) {
    final FieldNames names = options.fields();
    if (name.equals(names.id())) {
      return Field.ID;
    }
    if (name.equals(names.key())) {
      return Field.KEY;
    }
    if (name.equals(names.timestamp())) {
      return Field.TIMESTAMP;
    }
    if (name.equals(names.label())) {
      return Field.LABEL;
    }
    return name.equals(names.features()) && wantsFeatures() ? Field.FEATURES : Field.OTHER;
  }

  /** Whether a field is named by a path that leads through what lies at this one. */
  public boolean leadsToField(final String path) {
    final FieldNames names = options.fields();
    return leads(path, names.id())
        || leads(path, names.key())
        || leads(path, names.timestamp())
        || leads(path, names.label())
        || (wantsFeatures() && leads(path, names.features()));
  }

  private static boolean leads(final String path, final String name) {
    return name.length() > path.length()
        && name.charAt(path.length()) == '.'
        && name.startsWith(path);
  }

  /** Whether features are wanted: not of a label. */
  public boolean wantsFeatures() {
    return content == Content.EVENT && !lateLabel;
  }

  /** Notes that this record of a source of events is the label of an event that came before. */
  public void lateLabel() {
    lateLabel = true;
  }

  /**
   * Notes that a field is there, for formats in which it could be there twice.
   *
   * @throws Refusal if it was noted before
   */
  public void once(final Field field, final String name) throws Refusal {
    if (!seen.add(field)) {
      throw new Refusal("field " + Refusal.show(name) + " is there twice");
    }
  }

  /** The event's id as text. */
  public void id(final String text) throws Refusal {
    id = checked(options.fields().id(), text);
  }

  /** The model's key as text; the empty text is the same as none. */
  public void key(final String text) throws Refusal {
    key = text.isEmpty() ? "" : checked(options.fields().key(), text);
  }

  /** The label as text; a number as it is written, if the format writes numbers. */
  public void label(final String text) throws Refusal {
    label = checked(options.fields().label(), text);
  }

  /**
   * The time as text: see {@link Timestamps}. One that cannot be understood is counted, and counts
   * as none.
   */
  public void timestamp(final String text) {
    timestamp = Timestamps.millis(text);
    badTimestamp = timestamp < 0;
  }

  /** The time, in milliseconds since the epoch. One that is out of range counts as none. */
  public void timestampMillis(final long millis) {
    badTimestamp = millis < 0 || millis > Timestamps.MAX;
    timestamp = badTimestamp ? -1 : millis;
  }

  /** Counts a time that is no text and no number, and counts as none. */
  public void badTimestamp() {
    timestamp = -1;
    badTimestamp = true;
  }

  /** What is around the record names an id, for a record that has none itself. */
  public void outerId(final String text) throws Refusal {
    outerId = checked(options.fields().id(), text);
  }

  /** What is around the record names a key, for a record that has none itself. */
  public void outerKey(final String text) throws Refusal {
    outerKey = text.isEmpty() ? "" : checked(options.fields().key(), text);
  }

  /** What is around the record names a time, for a record that has none itself. */
  public void outerTimestamp(final String text) {
    outerTimestamp = Timestamps.millis(text);
    badOuterTimestamp = outerTimestamp < 0;
  }

  /** The kind declared for a feature, or null. */
  public Feature.Kind declared(final String name) {
    return options.declared().get(name);
  }

  /** A feature without a value. */
  public void missing(final String name) throws Refusal {
    features.add(name, Double.NaN, null);
  }

  /**
   * A feature that came as a number.
   *
   * @throws Refusal if it is not finite
   */
  public void number(final String name, final double value) throws Refusal {
    if (!Double.isFinite(value)) {
      throw Texts.notFinite(name, Double.toString(value));
    }
    features.add(name, value, null);
  }

  /**
   * A feature that came as text. One declared as numeric must be a number; of one that is not
   * declared it is for the model to say what a text that looks like a number is.
   */
  public void text(final String name, final String text) throws Refusal {
    if (declared(name) != Feature.Kind.NUMERIC) {
      features.add(name, Double.NaN, checkedValue(name, text));
    } else if (DecimalText.isNumber(text)) {
      features.add(name, Texts.finite(name, text), null);
    } else if (Texts.isNotFinite(text)) {
      throw Texts.notFinite(name, text);
    } else {
      throw new Refusal(
          "feature "
              + Refusal.show(name)
              + " is "
              + Refusal.show(text)
              + " but is declared as numeric");
    }
  }

  private String checkedValue(final String name, final String text) throws Refusal {
    if (!Texts.fits(text, options.maxTextLength())) {
      throw Texts.misfit("feature " + Refusal.show(name), text, options.maxTextLength());
    }
    return text;
  }

  private String checked(final String field, final String text) throws Refusal {
    return Texts.checked("field " + Refusal.show(field), text, options.maxTextLength());
  }

  /** Timestamps so far that could not be understood. */
  long badTimestamps() {
    return badTimestamps + (badTimestamp || badOuterTimestamp ? 1 : 0);
  }

  /**
   * The record that the fields make.
   *
   * @param recordTimestamp taken where the record names no valid time
   */
  Decoded assemble(final Origin origin, final long recordTimestamp) throws Refusal {
    final String name = id == null ? outerId : id;
    final String model = key.isEmpty() ? outerKey : key;
    final long stated = timestamp >= 0 ? timestamp : outerTimestamp;
    final long time = stated >= 0 ? stated : recordTimestamp;
    if (!wantsFeatures()) {
      if (name == null) {
        throw missingField(options.fields().id());
      }
      if (label == null) {
        throw missingField(options.fields().label());
      }
      return new LabelRecord(name, model, time, label, origin);
    }
    if (name == null && !options.deriveId()) {
      throw missingField(options.fields().id());
    }
    if (features.size() == 0) {
      throw new Refusal("the event has no features");
    }
    return new Event(
        name == null ? place(origin) : name,
        model,
        time,
        features.names(),
        features.numbers(),
        features.texts(),
        label,
        origin);
  }

  private static String place(final Origin origin) {
    return origin.topic() + "-" + origin.partition() + "-" + origin.offset();
  }

  private static Refusal missingField(final String name) {
    return new Refusal("field " + Refusal.show(name) + " is missing");
  }
}
