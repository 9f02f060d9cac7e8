package dev.braid.connectors.format;

import java.io.IOException;
import java.util.LinkedHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.ResolvingDecoder;

/**
 * Avro's own reader, with bounds for records of any origin: how deep they nest, and how many
 * elements an array of nothing has. Maps keep their order.
 */
final class AvroDatumReader extends GenericDatumReader<Object> {
  private static final int MAX_DEPTH = 64;
  private static final long MOST_ELEMENTS = 1 << 20;

  private int depth;

  AvroDatumReader(final Schema written, final Schema wanted) {
    super(written, wanted, data());
  }

  private static GenericData data() {
    // The fast reader goes round what is bounded here.
    return new GenericData().setFastReaderEnabled(false);
  }

  Object readFrom(final Decoder in) throws IOException {
    depth = 0;
    return read(null, in);
  }

  @Override
  protected Object readWithoutConversion(
      final Object old, final Schema expected, final ResolvingDecoder in) throws IOException {
    final boolean holdsOthers =
        switch (expected.getType()) {
          case RECORD, ARRAY, MAP -> true;
          default -> false;
        };
    if (!holdsOthers) {
      return super.readWithoutConversion(old, expected, in);
    }
    if (depth == MAX_DEPTH) {
      throw new AvroRuntimeException("it is nested more than " + MAX_DEPTH + " deep");
    }
    depth++;
    final Object datum = super.readWithoutConversion(old, expected, in);
    depth--;
    return datum;
  }

  @Override
  protected void addToArray(final Object array, final long position, final Object element) {
    if (position >= MOST_ELEMENTS) {
      throw new AvroRuntimeException("an array has more than " + MOST_ELEMENTS + " elements");
    }
    super.addToArray(array, position, element);
  }

  @Override
  protected Object newMap(final Object old, final int size) {
    return new LinkedHashMap<>();
  }
}
