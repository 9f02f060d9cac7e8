package dev.braid.router;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.PackedParts;
import dev.braid.state.image.Part;
import dev.braid.state.image.SavedParts;

/**
 * Saves learners and reads them back; a restored one goes on bit for bit. {@link LearnerReader}
 * reads those that shall go on under another specification.
 */
public final class LearnerImage {

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
    final Learner learner;
    try {
      learner = Presets.read(new SavedLearner(identity, chunks));
    } catch (final IllegalArgumentException impossible) {
      throw new MalformedImageException("the saved learner: " + impossible.getMessage());
    }
    learner.parts().forEach(Part::markClean);
    return learner;
  }

  /**
   * The whole learner in one array, for programs that keep it in a file of their own. Layout
   * ({@code LIMG}, version 1): {@link PackedParts}.
   */
  public static byte[] toBytes(final Learner learner) {
    final ImageWriter out = new ImageWriter(1 << 16).begin(ImageKind.LEARNER);
    PackedParts.writeDeflated(learner.parts(), out);
    return out.toByteArray();
  }

  /**
   * Reads what {@link #toBytes} returned.
   *
   * @throws MalformedImageException if the bytes are not a learner
   */
  public static Learner fromBytes(final byte[] image) {
    final ImageReader in = new ImageReader(image);
    in.begin(ImageKind.LEARNER);
    final PackedParts parts = PackedParts.read(in);
    in.end();
    final Learner learner = read(parts);
    if (learner.parts().size() != parts.partCount()) {
      throw new MalformedImageException(
          parts.partCount() + " parts instead of " + learner.parts().size());
    }
    return learner;
  }
}
