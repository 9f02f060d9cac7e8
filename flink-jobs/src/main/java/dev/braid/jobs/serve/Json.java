package dev.braid.jobs.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** JSON as requests bring it and answers hold it. */
final class Json {
  private static final int MOST_NESTED = 64;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MOST_NESTED).build())
          .build();

  private Json() {}

  /** Writes one value. */
  interface Body {
    void write(JsonGenerator out) throws IOException;
  }

  static byte[] write(final Body body) {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      body.write(out);
    } catch (final IOException impossible) {
      throw new UncheckedIOException("an answer could not be written as JSON", impossible);
    }
    return bytes.toByteArray();
  }

  static byte[] error(final String sentence) {
    return write(
        out -> {
          out.writeStartObject();
          out.writeStringField("error", sentence);
          out.writeEndObject();
        });
  }

  /** Whether a body holds an array. */
  static boolean isArray(final byte[] body) {
    for (final byte each : body) {
      if (each != ' ' && each != '\n' && each != '\r' && each != '\t') {
        return each == '[';
      }
    }
    return false;
  }

  /**
   * The elements of an array, each as it is written.
   *
   * @throws IOException if the body is not one array alone, or too deep
   */
  static List<byte[]> elements(final byte[] body, final int most) throws IOException {
    final List<byte[]> elements = new ArrayList<>();
    try (JsonParser in = JSON.createParser(body)) {
      in.nextToken();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        if (elements.size() == most) {
          throw new IOException("more than " + most + " rows");
        }
        final int from = (int) in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        if (!in.currentToken().isStructEnd()) {
          in.getText(); // Else a text is not read to its end.
        }
        elements.add(Arrays.copyOfRange(body, from, (int) in.currentLocation().getByteOffset()));
      }
      if (in.nextToken() != null) {
        throw new IOException("something follows the array");
      }
    }
    return elements;
  }
}
