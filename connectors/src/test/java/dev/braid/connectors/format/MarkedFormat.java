package dev.braid.connectors.format;

import dev.braid.data.Instance;
import dev.braid.data.Schema;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * A format as a contributor adds it: this class, and a line in {@code META-INF/services} among the
 * test resources. JSON behind one byte, which {@link RecordFormatContractTest} holds to what it
 * holds all formats to.
 */
public final class MarkedFormat implements RecordFormat {
  private static final byte MARK = 1;
  private static final JsonFormat JSON = new JsonFormat();

  @Override
  public String name() {
    return "marked";
  }

  @Override
  public String description() {
    return "JSON behind the byte 1.";
  }

  @Override
  public List<Option> options() {
    return JSON.options();
  }

  @Override
  public RecordReader reader(final FormatSettings settings) {
    final RecordReader json = JSON.reader(settings);
    return (value, into) -> {
      if (value[0] != MARK) {
        throw new Refusal("the record does not begin with the byte 1");
      }
      json.read(Arrays.copyOfRange(value, 1, value.length), into);
    };
  }

  @Override
  public RecordWriter writer(final FormatSettings settings) {
    return new MarkingWriter(JSON.writer(settings));
  }

  private record MarkingWriter(RecordWriter json) implements RecordWriter {
    private static byte[] marked(final byte[] record) {
      final byte[] marked = new byte[1 + record.length];
      marked[0] = MARK;
      System.arraycopy(record, 0, marked, 1, record.length);
      return marked;
    }

    @Override
    public byte[] event(
        final String id,
        final String key,
        final long timestamp,
        final Schema schema,
        final Instance instance,
        final boolean labelled) {
      return marked(json.event(id, key, timestamp, schema, instance, labelled));
    }

    @Override
    public byte[] label(
        final String id, final String key, final long timestamp, final String label) {
      return marked(json.label(id, key, timestamp, label));
    }
  }
}
