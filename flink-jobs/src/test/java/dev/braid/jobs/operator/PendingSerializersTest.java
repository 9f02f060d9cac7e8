package dev.braid.jobs.operator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.state.image.MalformedImageException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class PendingSerializersTest {
  static final PendingEvent EVENT =
      new PendingEvent(
          new double[] {1.5, Double.NaN, -0.0},
          -1,
          new double[] {0.25, 0.75, 1.0 / 3, 2.0 / 3},
          new float[] {0.375f, 0.625f},
          new double[] {-1, Double.NaN},
          123L);
  static final PendingLabel LABEL =
      new PendingLabel(
          new LabelRecord(
              "i", "k", 5L, "yes", new Origin("labels", 3, 99L, null, new byte[] {1, 2})),
          456L);

  private static <T> byte[] bytes(final TypeSerializer<T> serializer, final T value)
      throws Exception {
    final DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(value, out);
    return out.getCopyOfBuffer();
  }

  /** The serializer that a restored job takes from the snapshot in the checkpoint. */
  private static <T> TypeSerializer<T> restored(final TypeSerializer<T> serializer)
      throws Exception {
    final DataOutputSerializer out = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
    final TypeSerializerSnapshot<T> old =
        TypeSerializerSnapshot.readVersionedSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()),
            PendingSerializersTest.class.getClassLoader());
    assertTrue(
        serializer.snapshotConfiguration().resolveSchemaCompatibility(old).isCompatibleAsIs());
    return old.restoreSerializer();
  }

  @Test
  void waitingEventComesBackToTheLastBit() throws Exception {
    final var serializer = new PendingEventSerializer();
    final PendingEvent read =
        restored(serializer)
            .deserialize(new DataInputDeserializer(bytes(serializer.duplicate(), EVENT)));
    assertArrayEquals(EVENT.x(), read.x());
    assertEquals(-1, read.predicted());
    assertArrayEquals(EVENT.memberPredictions(), read.memberPredictions());
    assertArrayEquals(EVENT.interval(), read.interval());
    assertEquals(123L, read.expiresAt());
  }

  @Test
  void waitingLabelComesBackWithItsOrigin() throws Exception {
    final var serializer = new PendingLabelSerializer();
    final PendingLabel pending =
        restored(serializer)
            .deserialize(new DataInputDeserializer(bytes(serializer.duplicate(), LABEL)));
    final LabelRecord read = pending.record();
    assertEquals("i", read.id());
    assertEquals("k", read.key());
    assertEquals(5L, read.timestamp());
    assertEquals("yes", read.label());
    assertEquals("labels", read.origin().topic());
    assertEquals(3, read.origin().partition());
    assertEquals(99L, read.origin().offset());
    assertNull(read.origin().recordKey());
    assertArrayEquals(LABEL.record().origin().bytes(), read.origin().bytes());
    assertEquals(2, read.origin().length());
    assertEquals(456L, pending.expiresAt());
  }

  @Test
  void copiedBytesAreTheSame() throws Exception {
    final var serializer = new PendingLabelSerializer();
    final byte[] bytes = bytes(serializer, LABEL);
    final DataOutputSerializer copy = new DataOutputSerializer(64);
    serializer.copy(new DataInputDeserializer(bytes), copy);
    assertArrayEquals(bytes, copy.getCopyOfBuffer());
  }

  @Test
  void valueOfAnotherKindIsRefused() throws Exception {
    final byte[] bytes = bytes(new PendingLabelSerializer(), LABEL);
    assertThrows(
        MalformedImageException.class,
        () -> new PendingEventSerializer().deserialize(new DataInputDeserializer(bytes)));
  }
}
