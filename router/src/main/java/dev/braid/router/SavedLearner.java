package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.Experts;
import dev.braid.state.image.Blocks;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.MalformedImageException;
import java.util.function.Consumer;

/** A learner's saved blocks with what their first one says. */
public record SavedLearner(LearnerIdentity identity, Blocks blocks) {
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

  /** The kind of a saved expert. */
  public String kind(final int expert) {
    return identity.experts().get(expert).kind();
  }

  public void requireExperts(final int expected) {
    if (expertCount() != expected) {
      throw new MalformedImageException(
          "the image holds " + expertCount() + " experts instead of " + expected);
    }
  }

  public ImageReader block(final int part, final int block) {
    return blocks.block(part, block);
  }

  /** Hands one block of the header to its reader and checks that it is read to its end. */
  public void readHeader(final int block, final Consumer<ImageReader> reader) {
    final ImageReader in = block(0, block);
    in.begin(Header.RUNNING, Header.VERSION);
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
    return Experts.read(kind(expert), schema, blocks.blockCount(part), block -> block(part, block));
  }
}
