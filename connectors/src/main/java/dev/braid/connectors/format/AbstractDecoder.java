package dev.braid.connectors.format;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * What decoding has in common whatever the format: size, character set, the id's and the
 * timestamp's fallback, and the assembly of the result. A subclass fills the fields in {@link
 * #read}.
 */
abstract class AbstractDecoder implements RecordDecoder {

  /** What the records are. */
  enum Target {
    EVENT,
    LABEL
  }

  final DecoderOptions options;
  final Target target;
  final FeatureBuffer features;

  String id;
  String key;
  String label;

  /** Milliseconds since the epoch, or -1 where the record names none. */
  long timestamp;

  private transient CharsetDecoder utf8;
  private transient CharBuffer characters;

  AbstractDecoder(final DecoderOptions options, final Target target) {
    this.options = options;
    this.target = target;
    this.features = new FeatureBuffer(options);
  }

  /** Fills the fields from the text of one record, which holds more than white space. */
  abstract void read(char[] text, int from, int length) throws Refusal, IOException;

  @Override
  public final Decoded decode(final Origin origin, final long recordTimestamp) {
    id = null;
    key = "";
    label = null;
    timestamp = -1;
    features.clear();
    try {
      readText(origin.bytes());
      return assemble(origin, Math.max(0, recordTimestamp));
    } catch (final Refusal refusal) {
      return new DeadLetter(origin, refusal.getMessage());
    } catch (final IOException impossible) {
      return new DeadLetter(origin, "the record could not be read: " + impossible.getMessage());
    }
  }

  private void readText(final byte[] bytes) throws Refusal, IOException {
    if (bytes == null) {
      throw new Refusal("the record has no value (a tombstone)");
    }
    if (bytes.length > options.maxRecordBytes()) {
      throw new Refusal(
          "the record has "
              + bytes.length
              + " bytes, "
              + options.maxRecordBytes()
              + " are allowed");
    }
    decodeUtf8(bytes);
    final char[] text = characters.array();
    final int length = characters.position();
    // A byte order mark, which some editors put at the front, means nothing in UTF-8.
    final int from = length > 0 && text[0] == '\uFEFF' ? 1 : 0;
    if (isBlank(text, from, length)) {
      throw new Refusal("the record is empty");
    }
    read(text, from, length - from);
  }

  private void decodeUtf8(final byte[] bytes) throws Refusal {
    if (utf8 == null) {
      utf8 =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT);
    }
    if (characters == null || characters.capacity() < bytes.length) {
      characters = CharBuffer.allocate(Math.max(1024, bytes.length));
    }
    characters.clear();
    final ByteBuffer in = ByteBuffer.wrap(bytes);
    final CoderResult result = utf8.reset().decode(in, characters, true);
    if (result.isError()) {
      throw new Refusal("the record is not valid UTF-8, first at byte " + in.position());
    }
  }

  private static boolean isBlank(final char[] text, final int from, final int to) {
    for (int i = from; i < to; i++) {
      if (text[i] > ' ') {
        return false;
      }
    }
    return true;
  }

  private Decoded assemble(final Origin origin, final long recordTimestamp) throws Refusal {
    final FieldNames fields = options.fields();
    if (id == null && options.deriveId() && target == Target.EVENT) {
      id = origin.topic() + "-" + origin.partition() + "-" + origin.offset();
    }
    if (id == null) {
      throw new Refusal("field " + Refusal.show(fields.id()) + " is missing");
    }
    final long time = timestamp >= 0 ? timestamp : recordTimestamp;
    if (target == Target.LABEL) {
      if (label == null) {
        throw new Refusal("field " + Refusal.show(fields.label()) + " is missing");
      }
      return new LabelRecord(id, key, time, label, origin);
    }
    if (features.size() == 0) {
      throw new Refusal("the event has no features");
    }
    return new Event(
        id, key, time, features.names(), features.numbers(), features.texts(), label, origin);
  }

  /** Checks an id, a key or a label. */
  final String checked(final String field, final String text) throws Refusal {
    return Texts.checked("field " + Refusal.show(field), text, options.maxTextLength());
  }
}
