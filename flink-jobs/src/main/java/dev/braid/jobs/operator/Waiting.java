package dev.braid.jobs.operator;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.nio.charset.StandardCharsets;

/**
 * How what waits is kept beside a journal: an event under {@code e} and its id, a label under
 * {@code l} and its id, and, for each, its name and when it stops to wait in the queue.
 */
final class Waiting {
  private Waiting() {}

  static String event(final String id) {
    return "e" + id;
  }

  static String label(final String id) {
    return "l" + id;
  }

  /** Layout ({@code PEVT}, version 1): what {@link JournalEntry#PENDING} writes. */
  static byte[] bytes(final PendingEvent event, final ImageWriter out) {
    JournalEntry.PENDING.write(event, out.reset().begin(ImageKind.PENDING_EVENT));
    return out.toByteArray();
  }

  static PendingEvent readEvent(final byte[] bytes) {
    final ImageReader in = new ImageReader(bytes);
    in.begin(ImageKind.PENDING_EVENT);
    final PendingEvent event = JournalEntry.PENDING.read(in);
    in.end();
    return event;
  }

  /** A label as it waits; where it was read does not matter here. */
  static byte[] bytes(final String label, final long expiresAt, final ImageWriter out) {
    return out.reset().putLong(expiresAt).putString(label).toByteArray();
  }

  static String readLabel(final byte[] bytes) {
    final ImageReader in = new ImageReader(bytes);
    in.getLong();
    return in.getString();
  }

  /** A place in the queue. */
  record Place(String name, long expiresAt) {

    boolean isEvent() {
      return name.charAt(0) == 'e';
    }

    String id() {
      return name.substring(1);
    }

    /** Whether what waits under that name now is what came here; it may have come anew. */
    boolean isOf(final byte[] waiting) {
      final long expiry =
          isEvent() ? readEvent(waiting).expiresAt() : new ImageReader(waiting).getLong();
      return expiry == expiresAt;
    }

    byte[] bytes(final ImageWriter out) {
      return out.reset()
          .putLong(expiresAt)
          .putBytes(name.getBytes(StandardCharsets.UTF_8))
          .toByteArray();
    }

    static Place read(final byte[] bytes) {
      final ImageReader in = new ImageReader(bytes);
      final long expiresAt = in.getLong();
      return new Place(new String(in.getBytes(), StandardCharsets.UTF_8), expiresAt);
    }
  }
}
