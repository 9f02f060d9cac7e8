package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.Experts;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.SavedParts;
import java.util.function.Consumer;

/** A learner's saved chunks with what their first one says. */
public record SavedLearner(LearnerIdentity identity, SavedParts chunks) {
  /** The part behind the header: the router, or the {@link Youth} of a young learner. */
  static final int ROUTER = 1;

  private static final int FIRST_EXPERT = 2;

  public LearnerSpec spec() {
    return identity.spec();
  }

  public Schema schema() {
    return identity.schema();
  }

  public int expertCount() {
    return identity.experts().size();
  }

  /** Whether what it was told is saved, and not what it made of it. */
  boolean isYoung() {
    return chunk(ROUTER, 0).isOf(ImageKind.YOUTH);
  }

  /** A saved expert. */
  public Member member(final int expert) {
    return identity.experts().get(expert);
  }

  public void requireExperts(final int expected) {
    if (expertCount() != expected) {
      throw new MalformedImageException(
          "the image holds " + expertCount() + " experts instead of " + expected);
    }
  }

  public ImageReader chunk(final int part, final int chunk) {
    return chunks.chunk(part, chunk);
  }

  /** Hands one chunk of the header to its reader and checks that it is read to its end. */
  public void readHeader(final int chunk, final Consumer<ImageReader> reader) {
    final ImageReader in = chunk(0, chunk);
    in.begin(ImageKind.HEADER);
    reader.accept(in);
    in.end();
  }

  /**
   * Reads one expert back.
   *
   * @param schema as the expert knows it
   */
  public Expert readExpert(final int expert, final Schema schema) {
    final int part = FIRST_EXPERT + expert;
    return Experts.read(
        member(expert).kind(), schema, chunks.chunkCount(part), chunk -> chunk(part, chunk));
  }

  /** Reads one expert that may rest back; {@code schema} as for {@link #readExpert}. */
  RestingExpert readResting(final int expert, final RestPolicy policy, final Schema schema) {
    final int part = FIRST_EXPERT + expert;
    return RestingExpert.read(
        chunk(part, 0),
        Experts.read(
            member(expert).kind(),
            schema,
            chunks.chunkCount(part) - 1,
            chunk -> chunk(part, 1 + chunk)),
        policy,
        schema);
  }
}
