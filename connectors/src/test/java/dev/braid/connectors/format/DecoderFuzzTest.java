package dev.braid.connectors.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.FuzzPieces;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.data.Feature.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whatever the bytes: never an exception, and what is accepted keeps every promise of a record. */
class DecoderFuzzTest {
  private static final int ROUNDS = 60_000;

  private static final List<String> GOOD_JSON =
      List.of(
          "{\"id\":\"e1\",\"key\":\"m\",\"ts\":12,\"features\":{\"a\":1.5,\"b\":\"r\"},\"label\":1}",
          "{\"id\":7,\"features\":{\"a\":-1e3,\"b\":null,\"c\":true},\"label\":\"UP\"}",
          "{\"id\":\"\\u00e9\",\"x\":[{\"y\":[]}],\"features\":{\"b\":\"\\n\",\"z\":0}}");
  private static final List<String> GOOD_CSV =
      List.of("e1,m,12,1.5,red,UP", "7,,,?,\"a,\"\"b\"\"\",", "x,k,0,-1e3,0,1\n");

  private final SplittableRandom random = new SplittableRandom(20261122);

  @Test
  void jsonEventsAreEventsOrDeadLetters() {
    fuzz(Records.jsonEvents(options()), GOOD_JSON);
  }

  @Test
  void csvEventsAreEventsOrDeadLetters() {
    fuzz(
        Records.csvEvents(options(), List.of("id", "key", "ts", "a", "b", "label"), ','), GOOD_CSV);
  }

  @Test
  void labelsAreLabelsOrDeadLetters() {
    fuzz(Records.jsonLabels(options()), GOOD_JSON);
  }

  private static DecoderOptions options() {
    return DecoderOptions.DEFAULT
        .withDeclared(Map.of("b", Kind.NOMINAL, "z", Kind.NUMERIC))
        .withLimits(4096, 8, 16);
  }

  private void fuzz(final RecordDecoder decoder, final List<String> good) {
    int refused = 0;
    int accepted = 0;
    for (int i = 0; i < ROUNDS; i++) {
      final byte[] value = mutate(good.get(random.nextInt(good.size())));
      final Origin origin = new Origin("t", 0, i, null, value);
      final Decoded decoded = decoder.decode(origin, 99);
      assertSame(origin, decoded.origin());
      if (decoded instanceof DeadLetter letter) {
        refused++;
        assertFalse(letter.reason().isBlank());
        assertTrue(letter.reason().length() < 400, letter.reason());
      } else {
        accepted++;
        checkAccepted(decoded);
      }
    }
    assertTrue(refused > ROUNDS / 10 && accepted > ROUNDS / 10, refused + " and " + accepted);
  }

  private static void checkAccepted(final Decoded decoded) {
    if (decoded instanceof LabelRecord label) {
      assertFalse(label.id().isEmpty() || label.label().isEmpty());
      return;
    }
    final Event event = (Event) decoded;
    assertFalse(event.id().isEmpty());
    assertTrue(event.timestamp() >= 0);
    assertEquals(event.names().length, new TreeSet<>(Arrays.asList(event.names())).size());
    assertEquals(event.names().length, event.numbers().length);
    assertEquals(event.names().length, event.texts().length);
    for (int i = 0; i < event.names().length; i++) {
      assertFalse(Double.isInfinite(event.numbers()[i]));
      assertTrue(event.texts()[i] == null || Double.isNaN(event.numbers()[i]));
    }
  }

  private byte[] mutate(final String good) {
    final StringBuilder text = new StringBuilder(good);
    final int kind = random.nextInt(8);
    for (int n = random.nextInt(1, 4); n > 0 && kind < 6 && kind > 0; n--) {
      final int at = random.nextInt(text.length() + 1);
      final int to = Math.min(text.length(), at + random.nextInt(1, 6));
      switch (kind) {
        case 1 -> text.delete(at, to);
        case 2 -> text.insert(at, FuzzPieces.any(random));
        case 3 -> text.replace(at, to, FuzzPieces.any(random));
        case 4 -> text.insert(at, text.substring(at, to));
        default -> text.setLength(at);
      }
    }
    final byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (kind == 6 && bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    } else if (kind == 7) {
      final byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      return noise;
    }
    return bytes;
  }
}
