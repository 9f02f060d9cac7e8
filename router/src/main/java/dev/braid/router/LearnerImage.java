package dev.braid.router;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import dev.braid.state.image.SavedParts;
import java.util.List;

/**
 * Saves learners and reads them back; a restored one goes on bit for bit. {@link LearnerReader}
 * reads those that shall go on under another specification.
 */
public final class LearnerImage {
  private static final String KIND = "LIMG";
  private static final int VERSION = 1;

  private LearnerImage() {}

  /**
   * Reads a learner back from the chunks of its parts; it comes back clean.
   *
   * @throws MalformedImageException if the chunks are not those of a learner
   */
  public static Learner read(final SavedParts chunks) {
    return read(LearnerIdentity.read(chunks.chunk(0, 0)), chunks);
  }

  static Learner read(final LearnerIdentity identity, final SavedParts chunks) {
    final Learner learner = Presets.read(new SavedLearner(identity, chunks));
    learner.parts().forEach(Part::markClean);
    return learner;
  }

  /**
   * The whole learner in one array, for programs that keep it in a file of their own. Layout
   * ({@code LIMG}, version 1): number of parts, then per part the number of chunks and each chunk's
   * bytes.
   */
  public static byte[] toBytes(final Learner learner) {
    final List<Part> parts = learner.parts();
    final ImageWriter out = new ImageWriter(1 << 16).begin(KIND, VERSION).putInt(parts.size());
    final ImageWriter single = new ImageWriter(1 << 16);
    for (final Part part : parts) {
      out.putInt(part.chunkCount());
      for (int b = 0; b < part.chunkCount(); b++) {
        part.writeChunk(b, single.reset());
        out.putBytes(single.toByteArray());
      }
    }
    return out.toByteArray();
  }

  /**
   * Reads what {@link #toBytes} returned.
   *
   * @throws MalformedImageException if the bytes are not a learner
   */
  public static Learner fromBytes(final byte[] image) {
    final ImageReader in = new ImageReader(image);
    in.begin(KIND, VERSION);
    final byte[][][] parts = new byte[in.getIntIn(1, in.remaining(), "number of parts")][][];
    for (int p = 0; p < parts.length; p++) {
      parts[p] = new byte[in.getIntIn(1, in.remaining(), "number of chunks")][];
      for (int b = 0; b < parts[p].length; b++) {
        parts[p][b] = in.getBytes();
      }
    }
    in.end();
    return read(new InMemory(parts));
  }

  private static final class InMemory implements SavedParts {
    private final byte[][][] parts;

    InMemory(final byte[][][] parts) {
      this.parts = parts;
    }

    @Override
    public int chunkCount(final int part) {
      return of(part).length;
    }

    @Override
    public ImageReader chunk(final int part, final int chunk) {
      final byte[][] chunks = of(part);
      if (chunk >= chunks.length) {
        throw new MalformedImageException("part " + part + " lacks chunk " + chunk);
      }
      return new ImageReader(chunks[chunk]);
    }

    private byte[][] of(final int part) {
      if (part >= parts.length) {
        throw new MalformedImageException("part " + part + " of the learner is missing");
      }
      return parts[part];
    }
  }
}
