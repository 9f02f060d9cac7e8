package dev.braid.jobs.publish;

/**
 * What a record in the topic of models is about, {@code model|part|chunk|piece} as text.
 *
 * <pre>
 * model|table|0|piece            what the model consists of
 * model|slot|chunk|piece         a chunk of one of its parts
 * |checkpoint|subtask|0          ends what a subtask published at a checkpoint
 * </pre>
 *
 * What is longer than {@link Pieces#BYTES} is cut into pieces.
 *
 * @param model its key; may hold any character
 * @param part slot of the part, or {@link #TABLE}, or {@link #CHECKPOINT}
 * @param chunk of the part, or the subtask
 * @param piece of the chunk, from 0 on
 */
public record ModelKey(String model, int part, int chunk, int piece) {
  /** Instead of a slot: the model's table. */
  public static final int TABLE = -1;

  /** Instead of a slot: the end of a checkpoint. */
  public static final int CHECKPOINT = -2;

  private static final String TABLE_TEXT = "table";
  private static final String CHECKPOINT_TEXT = "checkpoint";

  /** Of a chunk's place in the state of its model, {@code slot << 32 | chunk}. */
  public static ModelKey ofChunk(final String model, final long place, final int piece) {
    return new ModelKey(model, (int) (place >>> 32), (int) place, piece);
  }

  /** A chunk's place in the state of its model. */
  public long place() {
    return (long) part << 32 | chunk;
  }

  /** As Kafka's key. */
  public String text() {
    final String named =
        part == TABLE ? TABLE_TEXT : part == CHECKPOINT ? CHECKPOINT_TEXT : Integer.toString(part);
    return model + '|' + named + '|' + chunk + '|' + piece;
  }

  /** What {@link #text} gave, or null if this is no such text. */
  public static ModelKey parse(final String text) {
    final int third = text.lastIndexOf('|');
    final int second = text.lastIndexOf('|', third - 1);
    final int first = text.lastIndexOf('|', second - 1);
    if (first < 0 || second <= first || third <= second) {
      return null;
    }
    final String named = text.substring(first + 1, second);
    try {
      final int part =
          named.equals(TABLE_TEXT)
              ? TABLE
              : named.equals(CHECKPOINT_TEXT) ? CHECKPOINT : Integer.parseUnsignedInt(named);
      return new ModelKey(
          text.substring(0, first),
          part,
          Integer.parseUnsignedInt(text.substring(second + 1, third)),
          Integer.parseUnsignedInt(text.substring(third + 1)));
    } catch (final NumberFormatException anothers) {
      return null;
    }
  }
}
