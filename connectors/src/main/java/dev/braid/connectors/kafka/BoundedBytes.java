package dev.braid.connectors.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Takes keys and values out of Kafka's buffers, of very long ones the beginning alone: how long a
 * record is once it is decompressed is bounded by nobody, and whoever reads it must have room for
 * what is taken of all records that are on their way.
 *
 * <p>Up to {@link #WHOLE} nothing is cut. Beyond, up to {@link #LONGEST}, a value is taken whole
 * for the sake of its dead letter, as long as such ones are rare.
 */
public final class BoundedBytes implements Deserializer<byte[]> {
  /** Property with the number of bytes up to which nothing is ever cut. */
  static final String WHOLE = "braid.whole.bytes";

  /** Records that are on their way at once, at most: those of some polls. */
  private static final int ON_THEIR_WAY = 4 * Sources.POLL_RECORDS;

  private static final int LONGEST = TopicSpec.DEAD_LETTER_BYTES;
  private static final String LENGTH = "braid-bytes-of-";

  private final int[] taken = new int[ON_THEIR_WAY];
  private final long room;
  private long sum;
  private int next;
  private int whole = Integer.MAX_VALUE;
  private String header;

  /** With room for an eighth of the heap. */
  public BoundedBytes() {
    this(Runtime.getRuntime().maxMemory() / 8);
  }

  /**
   * @param room bytes that all records on their way may take beyond {@link #WHOLE} each
   */
  BoundedBytes(final long room) {
    this.room = room;
  }

  @Override
  public void configure(final Map<String, ?> configs, final boolean isKey) {
    final Object bytes = configs.get(WHOLE);
    whole = bytes == null ? Integer.MAX_VALUE : Integer.parseInt(bytes.toString());
    header = LENGTH + (isKey ? "key" : "value");
  }

  @Override
  public byte[] deserialize(final String topic, final byte[] data) {
    return data;
  }

  @Override
  public byte[] deserialize(final String topic, final Headers headers, final ByteBuffer data) {
    if (data == null) {
      return null;
    }
    final int length = data.remaining();
    final byte[] bytes = new byte[length <= whole ? length : allowed(length)];
    data.get(bytes);
    if (bytes.length < length) {
      headers.add(header, Integer.toString(length).getBytes(StandardCharsets.US_ASCII));
    }
    return bytes;
  }

  private int allowed(final int length) {
    next = (next + 1) % taken.length;
    sum -= taken[next];
    final int wanted = Math.min(length, Math.max(whole, LONGEST));
    taken[next] = sum + wanted <= room ? wanted : whole;
    sum += taken[next];
    return taken[next];
  }

  /** How long a value was of which this is what was taken. */
  static int length(final byte[] value, final Headers headers) {
    final Header cut = headers.lastHeader(LENGTH + "value");
    if (value == null || cut == null) {
      return value == null ? 0 : value.length;
    }
    try {
      return Math.max(
          value.length, Integer.parseInt(new String(cut.value(), StandardCharsets.US_ASCII)));
    } catch (final NumberFormatException anothersHeader) {
      return value.length;
    }
  }
}
