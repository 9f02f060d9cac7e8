package dev.braid.jobs.publish;

import dev.braid.connectors.ModelRecord;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;
import java.util.function.Consumer;

/** Cuts what is published into records that every topic takes. */
public final class Pieces {
  /** Bytes of a piece, at most: brokers take records of a mebibyte unless told otherwise. */
  public static final int BYTES = 192 << 10;

  private Pieces() {}

  /**
   * A piece as it stands in the topic. Layout ({@code PPCE}, version 1): run and checkpoint, bytes
   * of all pieces, where these begin, and they themselves.
   *
   * @param all bytes of all pieces
   * @param from where in them these begin
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Piece(Moment moment, int all, int from, byte[] bytes) {

    /**
     * Reads a record's value.
     *
     * @throws dev.braid.state.image.MalformedImageException if it is none
     */
    public static Piece read(final byte[] value) {
      final ImageReader in = new ImageReader(value);
      in.begin(ImageKind.PUBLISHED_PIECE);
      final Moment moment = Moment.read(in);
      final int all = in.getIntIn(1, Integer.MAX_VALUE, "the bytes of all pieces");
      final int from = in.getIntIn(0, all - 1, "the place of a piece");
      final byte[] bytes = in.getBytes();
      if (bytes.length != Math.min(BYTES, all - from) || from % BYTES != 0) {
        throw new dev.braid.state.image.MalformedImageException(
            bytes.length + " bytes from " + from + " on are no piece of " + all);
      }
      in.end();
      return new Piece(moment, all, from, bytes);
    }
  }

  /** Pieces that so many bytes take. */
  public static int count(final int bytes) {
    return (bytes + BYTES - 1) / BYTES;
  }

  /**
   * Hands over the records of one chunk or table.
   *
   * @param key of the first piece
   */
  static void cut(
      final ModelKey key, final Moment moment, final byte[] all, final Consumer<ModelRecord> out) {
    for (int piece = 0; piece < count(all.length); piece++) {
      final int from = piece * BYTES;
      final byte[] bytes = Arrays.copyOfRange(all, from, Math.min(all.length, from + BYTES));
      final ImageWriter image =
          new ImageWriter(bytes.length + 128).begin(ImageKind.PUBLISHED_PIECE);
      moment.write(image);
      out.accept(
          new ModelRecord(
              new ModelKey(key.model(), key.part(), key.chunk(), piece).text(),
              image.putInt(all.length).putInt(from).putBytes(bytes).toByteArray()));
    }
  }

  /** Hands over what takes the pieces of a chunk or table out of the topic. */
  static void remove(
      final ModelKey key, final int from, final int to, final Consumer<ModelRecord> out) {
    for (int piece = from; piece < to; piece++) {
      out.accept(
          new ModelRecord(new ModelKey(key.model(), key.part(), key.chunk(), piece).text(), null));
    }
  }
}
