package dev.braid.connectors.type;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.ClassScores;
import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.Origin;
import dev.braid.connectors.PredictionRecord;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class RecordTypesTest {
  private static final Origin ORIGIN = new Origin("t", 1, 2L, null, new byte[] {1, 2, 3});

  private final SplittableRandom random = new SplittableRandom(1);

  @Test
  void eventsComeBackWhole() throws IOException {
    final TypeSerializer<Event> serializer = serializer(RecordTypes.EVENT);
    for (int i = 0; i < 5_000; i++) {
      final Event event = randomEvent();
      assertSameEvent(event, roundTrip(serializer, event));
    }
  }

  @Test
  void eventsOfOneShapeShareTheirNames() throws IOException {
    final TypeSerializer<Event> serializer = serializer(RecordTypes.EVENT);
    final Event event = randomEvent();
    assertSame(roundTrip(serializer, event).names(), roundTrip(serializer, event).names());
  }

  @Test
  void labelsComeBackWhole() throws IOException {
    final LabelRecord label = new LabelRecord("é", "", Long.MAX_VALUE, "UP", ORIGIN);
    final LabelRecord back = roundTrip(serializer(RecordTypes.LABEL), label);
    assertEquals("é", back.id());
    assertEquals("", back.key());
    assertEquals(Long.MAX_VALUE, back.timestamp());
    assertEquals("UP", back.label());
    assertSameOrigin(ORIGIN, back.origin());
  }

  @Test
  void deadLettersComeBackWholeEvenLongOnes() throws IOException {
    final byte[] tenMegabytes = new byte[10 << 20];
    new SplittableRandom(3).nextBytes(tenMegabytes);
    final Origin large = new Origin("t", 0, 5, new byte[] {9}, tenMegabytes);
    final Origin tombstone = new Origin("t", 0, 6, new byte[0], null);
    for (final Origin origin : List.of(large, tombstone)) {
      final DeadLetter back =
          roundTrip(serializer(RecordTypes.DEAD_LETTER), new DeadLetter(origin, "why"));
      assertEquals("why", back.reason());
      assertSameOrigin(origin, back.origin());
    }
  }

  @Test
  void decodedRecordsKeepTheirKind() throws IOException {
    final TypeSerializer<Decoded> serializer = serializer(RecordTypes.DECODED);
    final Event event = randomEvent();
    assertSameEvent(event, assertInstanceOf(Event.class, roundTrip(serializer, event)));
    assertInstanceOf(
        LabelRecord.class, roundTrip(serializer, new LabelRecord("a", "b", 1, "c", ORIGIN)));
    assertInstanceOf(DeadLetter.class, roundTrip(serializer, new DeadLetter(ORIGIN, "why")));
  }

  @Test
  void predictionsComeBackWhole() throws IOException {
    final TypeSerializer<PredictionRecord> serializer = serializer(RecordTypes.PREDICTION);
    for (int i = 0; i < 1_000; i++) {
      final int classes = random.nextInt(5);
      final PredictionRecord record =
          new PredictionRecord(
              randomText(),
              randomText(),
              random.nextLong(),
              random.nextBoolean() ? randomText() : null,
              names(classes),
              random.doubles(classes).toArray(),
              names(3),
              random.doubles(3).toArray(),
              random.nextLong());
      final PredictionRecord back = roundTrip(serializer, record);
      assertEquals(record.id(), back.id());
      assertEquals(record.key(), back.key());
      assertEquals(record.timestamp(), back.timestamp());
      assertEquals(record.predicted(), back.predicted());
      assertEquals(record.classes(), back.classes());
      assertArrayEquals(record.probabilities(), back.probabilities());
      assertEquals(record.experts(), back.experts());
      assertArrayEquals(record.weights(), back.weights());
      assertEquals(record.modelVersion(), back.modelVersion());
    }
  }

  @Test
  void metricsComeBackWholeInOrder() throws IOException {
    final Map<String, Double> shares = new LinkedHashMap<>();
    shares.put("e1", 0.25);
    shares.put("e0", 0.75);
    final MetricsRecord record =
        new MetricsRecord(
            "k",
            1,
            2,
            3,
            new ClassScores(
                Double.NaN,
                -0.5,
                0.25,
                0.5,
                0.125,
                1.5,
                0.0625,
                0.75,
                0.375,
                2.5,
                List.of("a", "b"),
                List.of(1L, 2L, 3L, 4L)),
            shares,
            Map.of("e0", 0.5),
            0.75,
            Map.of("x", 0.0625),
            4,
            5,
            6,
            7,
            8,
            9,
            10,
            11.5,
            12);
    final MetricsRecord back = roundTrip(serializer(RecordTypes.METRICS), record);
    assertEquals(record, back);
    assertEquals(List.of("e1", "e0"), List.copyOf(back.expertShare().keySet()));
  }

  @Test
  void driftComesBackWhole() throws IOException {
    final DriftRecord record = new DriftRecord("k", 1, 2, "opened", "e3", "no expert fits");
    assertEquals(record, roundTrip(serializer(RecordTypes.DRIFT), record));
  }

  @Test
  void savedSnapshotIsCompatibleWithTheSameRecordOnly() throws IOException {
    final TypeSerializerSnapshot<Event> saved = saved(RecordTypes.EVENT);
    final TypeSerializerSnapshot<Event> now = serializer(RecordTypes.EVENT).snapshotConfiguration();
    assertTrue(now.resolveSchemaCompatibility(saved).isCompatibleAsIs());
    assertEquals(serializer(RecordTypes.EVENT), saved.restoreSerializer());

    final TypeSerializerSnapshot<LabelRecord> other =
        serializer(RecordTypes.LABEL).snapshotConfiguration();
    @SuppressWarnings("unchecked") // That the types differ is the point.
    final TypeSerializerSnapshot<LabelRecord> wrong =
        (TypeSerializerSnapshot<LabelRecord>) (TypeSerializerSnapshot<?>) saved;
    assertTrue(other.resolveSchemaCompatibility(wrong).isIncompatible());
  }

  @Test
  void snapshotOfANewerVersionIsRefused() throws IOException {
    final DataOutputSerializer out = new DataOutputSerializer(16);
    out.writeUTF("EVENT");
    final DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    final IOException refused =
        assertThrows(
            IOException.class,
            () -> new RecordSerializerSnapshot<Event>().readSnapshot(1000, in, null));
    assertEquals(
        "the saved state holds records in version 1000 of their form, this build reads 1",
        refused.getMessage());
  }

  /** A record whose first text says it is 2 GB long. */
  @Test
  void lyingLengthIsRefusedBeforeAnythingIsAllocated() throws IOException {
    final byte[] record = {-1, -1, -1, -1, 7, 'i', 'd'};
    for (final TypeInformation<?> type :
        List.of(RecordTypes.EVENT, RecordTypes.LABEL, RecordTypes.METRICS, RecordTypes.DRIFT)) {
      final TypeSerializer<?> serializer = serializer(type);
      final long before = allocated();
      assertThrows(
          IOException.class, () -> serializer.deserialize(new DataInputDeserializer(record)));
      assertTrue(allocated() - before < 1 << 20, type + ": " + (allocated() - before) + " bytes");
    }
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  @Test
  void duplicatesShareNothingThatChanges() {
    final TypeSerializer<Event> serializer = serializer(RecordTypes.EVENT);
    assertNotSame(serializer, serializer.duplicate());
    assertEquals(serializer, serializer.duplicate());
  }

  private static <T> TypeSerializer<T> serializer(final TypeInformation<T> type) {
    return type.createSerializer(new SerializerConfigImpl());
  }

  private static <T> T roundTrip(final TypeSerializer<T> serializer, final T record)
      throws IOException {
    final DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(record, out);
    final DataOutputSerializer copied = new DataOutputSerializer(64);
    serializer.copy(new DataInputDeserializer(out.getCopyOfBuffer()), copied);
    final DataInputDeserializer in = new DataInputDeserializer(copied.getCopyOfBuffer());
    final T back = serializer.deserialize(in);
    assertEquals(0, in.available());
    return back;
  }

  private static <T> TypeSerializerSnapshot<T> saved(final TypeInformation<T> type)
      throws IOException {
    final DataOutputSerializer out = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer(type).snapshotConfiguration());
    return TypeSerializerSnapshot.readVersionedSnapshot(
        new DataInputDeserializer(out.getCopyOfBuffer()), RecordTypesTest.class.getClassLoader());
  }

  private Event randomEvent() {
    final int features = random.nextInt(6);
    final double[] numbers = new double[features];
    final String[] texts = new String[features];
    for (int i = 0; i < features; i++) {
      numbers[i] = random.nextBoolean() ? Double.NaN : random.nextDouble(-1e9, 1e9);
      texts[i] = Double.isNaN(numbers[i]) && random.nextBoolean() ? randomText() : null;
    }
    final byte[] value = new byte[random.nextInt(300)];
    random.nextBytes(value);
    return new Event(
        randomText(),
        randomText(),
        random.nextLong(),
        names(features).toArray(String[]::new),
        numbers,
        texts,
        random.nextBoolean() ? randomText() : null,
        new Origin(randomText(), random.nextInt(), random.nextLong(), null, value));
  }

  private List<String> names(final int count) {
    final String prefix = random.nextBoolean() ? "x" : "naïve-";
    return java.util.stream.IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  private String randomText() {
    final int[] codePoints = random.ints(random.nextInt(200), 1, 0xd800).toArray();
    return new String(codePoints, 0, codePoints.length);
  }

  private static void assertSameEvent(final Event expected, final Event actual) {
    assertEquals(expected.id(), actual.id());
    assertEquals(expected.key(), actual.key());
    assertEquals(expected.timestamp(), actual.timestamp());
    assertArrayEquals(expected.names(), actual.names());
    assertArrayEquals(expected.numbers(), actual.numbers());
    assertArrayEquals(expected.texts(), actual.texts());
    assertEquals(expected.label(), actual.label());
    assertSameOrigin(expected.origin(), actual.origin());
  }

  private static void assertSameOrigin(final Origin expected, final Origin actual) {
    assertEquals(expected.topic(), actual.topic());
    assertEquals(expected.partition(), actual.partition());
    assertEquals(expected.offset(), actual.offset());
    assertArrayEquals(expected.recordKey(), actual.recordKey());
    assertArrayEquals(expected.bytes(), actual.bytes());
  }
}
