package dev.braid.connectors.type;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Lists of names that repeat from record to record: both directions remember the last one, so that
 * a repeated list costs a comparison and no new strings. Not thread-safe.
 */
final class Names {
  private String[] written = new String[0];
  private byte[] writtenImage = {0};

  private byte[] readImage = {0};
  private String[] read = new String[0];
  private List<String> readList = List.of();

  void write(final DataOutputView out, final List<String> names) throws IOException {
    write(out, names.toArray(String[]::new));
  }

  void write(final DataOutputView out, final String[] names) throws IOException {
    if (!Arrays.equals(names, written)) {
      final DataOutputSerializer image = new DataOutputSerializer(16 * names.length + 16);
      Binary.writeLength(image, names.length);
      for (final String name : names) {
        Binary.writeText(image, name);
      }
      writtenImage = image.getCopyOfBuffer();
      written = names.clone();
    }
    Binary.writeBytes(out, writtenImage);
  }

  /** The names, in an array shared between records: must not be changed. */
  String[] readArray(final DataInputView in) throws IOException {
    final byte[] image = Binary.readBytes(in);
    if (image == null) {
      throw new IOException("a serialized record lacks its names");
    }
    if (!Arrays.equals(image, readImage)) {
      final DataInputDeserializer names = new DataInputDeserializer(image);
      final int count = Binary.readLength(names);
      if (count < 0 || count > image.length) {
        throw new IOException(count + " names in " + image.length + " bytes");
      }
      final String[] fresh = new String[count];
      for (int i = 0; i < fresh.length; i++) {
        fresh[i] = Binary.readText(names);
      }
      read = fresh;
      readList = List.of(fresh);
      readImage = image;
    }
    return read;
  }

  List<String> readList(final DataInputView in) throws IOException {
    readArray(in);
    return readList;
  }
}
