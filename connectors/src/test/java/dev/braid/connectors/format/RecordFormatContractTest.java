package dev.braid.connectors.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.FuzzPieces;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.connectors.format.RecordFormat.Content;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import dev.braid.spec.Option;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What every registered format must keep to, whatever it is. */
class RecordFormatContractTest {
  private static final int ROUNDS = 20_000;
  private static final int MAX_BYTES = 4096;

  /** Longest time that one record of {@link #MAX_BYTES} may take, with room for a busy machine. */
  private static final long MOST_MILLIS = 2_000;

  private static final Schema SCHEMA =
      new Schema(
          List.of(
              Feature.numeric("a"),
              Feature.nominal("b", "red", "y, \"z\"", "é\u4e2d", "?!"),
              Feature.numeric("z")),
          List.of("UP", "DOWN", "1.0"));

  private static StubRegistry registry;

  @BeforeAll
  static void openRegistry() {
    registry = new StubRegistry();
  }

  @AfterAll
  static void closeRegistry() {
    registry.close();
  }

  private static Stream<DynamicTest> each(final Consumer<RecordFormat> test) {
    return RecordFormats.registry().entries().stream()
        .map(format -> DynamicTest.dynamicTest(format.name(), () -> test.accept(format)));
  }

  @TestFactory
  Stream<DynamicTest> saysWhatItIsAndWhatCanBeSet() {
    return each(
        format -> {
          assertTrue(format.name().matches("[a-z][a-z0-9-]*"), format.name());
          assertTrue(format.description().endsWith("."), format.description());
          final Set<String> options = new HashSet<>();
          for (final Option option : format.options()) {
            assertTrue(options.add(option.name()), option.name());
            assertTrue(option.description().endsWith("."), option.description());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> readsBackWhatItWrites() {
    return each(
        format -> {
          final SplittableRandom random = new SplittableRandom(7);
          final RecordDecoder events = decoder(format, Content.EVENT);
          final RecordDecoder labels = decoder(format, Content.LABEL);
          final RecordWriter eventWriter = writer(format, Content.EVENT);
          final RecordWriter labelWriter = writer(format, Content.LABEL);
          for (int i = 0; i < 500; i++) {
            final double[] x = x(random);
            final int label = random.nextInt(-1, 3);
            final String key = i % 3 == 0 ? "" : "key " + i;
            final boolean labelled = i % 5 > 0;
            final long time = 1_700_000_000_000L + i;
            final byte[] value =
                eventWriter.event("e-" + i, key, time, SCHEMA, new Instance(x, label), labelled);
            final Event event = decode(events, Event.class, value);
            assertEquals("e-" + i, event.id());
            assertEquals(key, event.key());
            assertEquals(time, event.timestamp());
            assertEquals(
                labelled && label >= 0 ? SCHEMA.classes().get(label) : null, event.label());
            assertReadBack(x, event);
            final LabelRecord late =
                decode(labels, LabelRecord.class, labelWriter.label("e-" + i, key, time, "1.0"));
            assertEquals("e-" + i, late.id());
            assertEquals(key, late.key());
            assertEquals(time, late.timestamp());
            assertEquals("1.0", late.label());
          }
        });
  }

  private static void assertReadBack(final double[] x, final Event event) {
    assertEquals(List.of("a", "b", "z"), List.of(event.names()));
    for (int f = 0; f < x.length; f++) {
      if (SCHEMA.features().get(f).isNominal() && !Double.isNaN(x[f])) {
        assertEquals(SCHEMA.features().get(f).values().get((int) x[f]), event.texts()[f]);
      } else {
        assertNull(event.texts()[f]);
        assertEquals(x[f], event.numbers()[f]);
      }
    }
  }

  /** Numbers of all sizes, values of the nominal feature, and nothing. */
  private static double[] x(final SplittableRandom random) {
    final double[] x = {
      (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-300, 300)),
      random.nextInt(4),
      random.nextInt(-1000, 1000)
    };
    if (random.nextInt(3) == 0) {
      x[random.nextInt(3)] = Double.NaN;
    }
    return x;
  }

  @TestFactory
  Stream<DynamicTest> whateverTheBytesAreTheyAreARecordOrOneClearRefusalAndSoon() {
    return each(
        format -> {
          fuzz(format, Content.EVENT);
          fuzz(format, Content.LABEL);
        });
  }

  private static void fuzz(final RecordFormat format, final Content content) {
    final SplittableRandom random = new SplittableRandom(20261122);
    final RecordDecoder decoder = decoder(format, content);
    final List<byte[]> good = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      good.add(good(format, content, i, random));
    }
    int refused = 0;
    int accepted = 0;
    for (int i = 0; i < ROUNDS; i++) {
      final byte[] value = mutate(good.get(random.nextInt(good.size())), random);
      if (has(format, "registry") && i % 10 > 0 && value.length > 4) {
        // Of schemas that are not there a few hundred are enough: each is asked for by HTTP.
        Arrays.fill(value, 1, 4, (byte) 0);
      }
      final Origin origin = new Origin("t", 0, i, null, value);
      final long start = System.nanoTime();
      final Decoded decoded = decoder.decode(origin, 99);
      assertTrue(System.nanoTime() - start < MOST_MILLIS * 1_000_000, "too slow");
      assertSame(origin, decoded.origin());
      if (decoded instanceof DeadLetter letter) {
        refused++;
        assertClear(letter);
      } else {
        accepted++;
        assertKeepsItsPromises(decoded);
      }
    }
    assertTrue(refused > ROUNDS / 10 && accepted > ROUNDS / 10, refused + " and " + accepted);
  }

  private static byte[] good(
      final RecordFormat format,
      final Content content,
      final int i,
      final SplittableRandom random) {
    return content == Content.EVENT
        ? writer(format, content)
            .event("e" + i, "k", 1_700_000_000_000L, SCHEMA, new Instance(x(random), i % 3), true)
        : writer(format, content).label("e" + i, "k", 1_700_000_000_000L, "UP");
  }

  private static byte[] mutate(final byte[] good, final SplittableRandom random) {
    byte[] value = good.clone();
    final int kind = random.nextInt(9);
    for (int n = random.nextInt(1, 4); n > 0; n--) {
      final int at = random.nextInt(value.length + 1);
      final int to = Math.min(value.length, at + random.nextInt(1, 6));
      final byte[] piece = FuzzPieces.any(random).getBytes(StandardCharsets.UTF_8);
      switch (kind) {
        case 1 -> value = spliced(value, at, to, new byte[0]);
        case 2 -> value = spliced(value, at, at, piece);
        case 3 -> value = spliced(value, at, to, piece);
        case 4 -> value = spliced(value, at, at, Arrays.copyOfRange(value, at, to));
        case 5 -> value = Arrays.copyOf(value, at);
        case 6 -> value = spliced(value, at, to, bytes(random, to - at));
        case 7 -> value = bytes(random, random.nextInt(64));
        case 8 -> value = repeated(value, at, to, random);
        default -> {}
      }
    }
    return value;
  }

  /** A piece so often that the record is about as long as it may be, or longer. */
  private static byte[] repeated(
      final byte[] value, final int at, final int to, final SplittableRandom random) {
    if (to == at || random.nextInt(8) > 0) {
      return value;
    }
    final byte[] many = new byte[(MAX_BYTES + 100) / (to - at) * (to - at)];
    for (int i = 0; i < many.length; i++) {
      many[i] = value[at + i % (to - at)];
    }
    return spliced(value, at, to, many);
  }

  private static byte[] spliced(
      final byte[] value, final int from, final int to, final byte[] with) {
    final byte[] result = Arrays.copyOf(value, from + with.length + value.length - to);
    System.arraycopy(with, 0, result, from, with.length);
    System.arraycopy(value, to, result, from + with.length, value.length - to);
    return result;
  }

  private static byte[] bytes(final SplittableRandom random, final int length) {
    final byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void assertClear(final DeadLetter letter) {
    assertFalse(letter.reason().isBlank());
    assertTrue(letter.reason().length() < 400, letter.reason());
    assertFalse(letter.reason().contains("Exception"), letter.reason());
    assertTrue(letter.reason().chars().noneMatch(Character::isISOControl), letter.reason());
  }

  private static void assertKeepsItsPromises(final Decoded decoded) {
    if (decoded instanceof LabelRecord label) {
      assertFalse(label.id().isEmpty() || label.label().isEmpty());
      assertTrue(label.timestamp() >= 0 && label.timestamp() <= Timestamps.MAX);
      return;
    }
    final Event event = (Event) decoded;
    assertFalse(event.id().isEmpty());
    assertTrue(event.timestamp() >= 0 && event.timestamp() <= Timestamps.MAX);
    assertEquals(event.names().length, Set.of(event.names()).size());
    assertEquals(event.names().length, event.numbers().length);
    assertEquals(event.names().length, event.texts().length);
    for (int i = 0; i < event.names().length; i++) {
      assertFalse(Double.isInfinite(event.numbers()[i]));
      assertTrue(event.texts()[i] == null || Double.isNaN(event.numbers()[i]));
    }
  }

  @TestFactory
  Stream<DynamicTest> tombstonesNothingAndWhatIsTooLongAreRefused() {
    return each(
        format -> {
          for (final Content content : Content.values()) {
            final RecordDecoder decoder = decoder(format, content);
            assertEquals(
                "the record has no value (a tombstone)", Records.reason(decoder, (byte[]) null));
            assertEquals("the record is empty", Records.reason(decoder, new byte[0]));
            assertEquals(
                "the record has 4097 bytes, 4096 are allowed",
                Records.reason(decoder, new byte[MAX_BYTES + 1]));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> travelsWithAJob() {
    return each(
        format -> {
          final byte[] value = good(format, Content.EVENT, 1, new SplittableRandom(1));
          final Event event = decode(copy(decoder(format, Content.EVENT)), Event.class, value);
          assertEquals("e1", event.id());
        });
  }

  private static RecordDecoder copy(final RecordDecoder decoder) {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(decoder);
      out.flush();
      return (RecordDecoder)
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    } catch (final IOException | ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static RecordDecoder decoder(final RecordFormat format, final Content content) {
    final DecoderOptions decoding =
        DecoderOptions.DEFAULT
            .withDeclared(Map.of("b", Feature.Kind.NOMINAL, "z", Feature.Kind.NUMERIC))
            .withLimits(MAX_BYTES, 8, 64);
    return content == Content.EVENT
        ? RecordFormats.events(format.name(), decoding, options(format, content))
        : RecordFormats.labels(format.name(), decoding, options(format, content));
  }

  private static RecordWriter writer(final RecordFormat format, final Content content) {
    return RecordFormats.writer(
        format.name(), content, FieldNames.DEFAULT, options(format, content));
  }

  /**
   * A format that has to be told its columns is told them, and one that asks a registry where one
   * is; all else must have a default.
   */
  private static Map<String, String> options(final RecordFormat format, final Content content) {
    if (has(format, "columns")) {
      return Map.of(
          "columns", content == Content.EVENT ? "id,key,ts,a,b,z,label" : "id,key,ts,label");
    }
    return has(format, "registry") ? registry.options() : Map.of();
  }

  private static boolean has(final RecordFormat format, final String name) {
    return format.options().stream().anyMatch(option -> option.name().equals(name));
  }

  private static <T> T decode(
      final RecordDecoder decoder, final Class<T> type, final byte[] value) {
    return assertInstanceOf(type, decoder.decode(new Origin("t", 0, 0, null, value), 1));
  }
}
