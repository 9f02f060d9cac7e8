package dev.braid.jobs.publish;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.keyed.PartTable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model consists of at a checkpoint ({@link ImageKind#PUBLISHED_MODEL}): with it comes what
 * its chunks end with, so that a chunk of another checkpoint is never taken for one of this.
 *
 * @param time when it was published, in milliseconds since the epoch
 * @param version labels it has learned from: the {@code model_version} of its predictions
 * @param events it has predicted
 * @param parts where its learner's parts lie, or they themselves where they are packed
 * @param checksums of the chunks, in the order of {@link PartTable#places}
 */
public record ModelTable(
    Moment moment, long time, long version, long events, PartTable parts, List<Integer> checksums) {

  public ModelTable {
    checksums = List.copyOf(checksums);
  }

  /**
   * Layout ({@code PMDL}, version 1): run and checkpoint, time, version, events, the parts as
   * {@link PartTable} writes them, checksums.
   */
  byte[] toBytes() {
    final ImageWriter out = new ImageWriter(1024).begin(ImageKind.PUBLISHED_MODEL);
    moment.write(out);
    out.putLong(time).putLong(version).putLong(events);
    parts.write(out);
    final int[] sums = checksums.stream().mapToInt(Integer::intValue).toArray();
    return out.putInts(sums, sums.length).toByteArray();
  }

  /**
   * Reads what was put together of the pieces of a table.
   *
   * @throws MalformedImageException if it is none
   */
  public static ModelTable read(final byte[] image) {
    final ImageReader in = new ImageReader(image);
    in.begin(ImageKind.PUBLISHED_MODEL);
    final Moment moment = Moment.read(in);
    final long time = in.getLong();
    final long version = in.getCount("a model's version");
    final long events = in.getCount("a model's events");
    final PartTable parts = PartTable.read(in);
    final List<Integer> checksums = new ArrayList<>();
    for (final int checksum : in.getInts()) {
      checksums.add(checksum);
    }
    in.end();
    if (checksums.size() != parts.chunkCount()) {
      throw new MalformedImageException(
          checksums.size() + " checksums of " + parts.chunkCount() + " chunks");
    }
    return new ModelTable(moment, time, version, events, parts, checksums);
  }

  /** What a chunk ends with. */
  static int checksum(final byte[] chunk) {
    final int at = chunk.length - ImageWriter.CHECKSUM_BYTES;
    return (chunk[at] & 0xff)
        | (chunk[at + 1] & 0xff) << 8
        | (chunk[at + 2] & 0xff) << 16
        | (chunk[at + 3] & 0xff) << 24;
  }
}
