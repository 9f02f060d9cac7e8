package dev.braid.connectors.format;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Origin;
import dev.braid.connectors.format.RecordFormat.Content;
import java.io.IOException;
import java.util.Map;

/**
 * Decodes records of any format: the bytes' length is checked before the format sees them. What
 * travels with a job is the format's name; the reader is opened where it is used.
 */
final class FormatDecoder implements RecordDecoder {
  private static final long serialVersionUID = 1L;

  private final String format;
  private final Content content;
  private final DecoderOptions decoding;
  private final Map<String, String> options;

  private transient RecordReader reader;
  private transient RecordFields fields;

  /**
   * @throws IllegalArgumentException if the format cannot be opened with these options
   */
  FormatDecoder(
      final RecordFormat format,
      final Content content,
      final DecoderOptions decoding,
      final Map<String, String> options) {
    this.format = format.name();
    this.content = content;
    this.decoding = decoding;
    this.options = Map.copyOf(options);
    open(format);
  }

  private void open(final RecordFormat opened) {
    reader = opened.reader(RecordFormats.settings(opened, content, decoding, options));
    fields = new RecordFields(decoding, content);
  }

  @Override
  public Decoded decode(final Origin origin, final long recordTimestamp) {
    if (reader == null) {
      open(RecordFormats.registry().find(format));
    }
    fields.clear();
    try {
      reader.read(checked(origin), fields);
      return fields.assemble(origin, Math.max(0, recordTimestamp));
    } catch (final Refusal refusal) {
      return new DeadLetter(origin, refusal.getMessage());
    } catch (final IOException impossible) {
      return new DeadLetter(origin, "the record could not be read: " + impossible.getMessage());
    }
  }

  private byte[] checked(final Origin origin) throws Refusal {
    final byte[] bytes = origin.bytes();
    if (bytes == null) {
      throw new Refusal("the record has no value (a tombstone)");
    }
    if (bytes.length == 0) {
      throw new Refusal("the record is empty");
    }
    if (origin.length() > decoding.maxRecordBytes()) {
      throw new Refusal(
          "the record has "
              + origin.length()
              + " bytes, "
              + decoding.maxRecordBytes()
              + " are allowed");
    }
    return bytes;
  }

  @Override
  public long badTimestamps() {
    return fields == null ? 0 : fields.badTimestamps();
  }
}
