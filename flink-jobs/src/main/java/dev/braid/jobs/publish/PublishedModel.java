package dev.braid.jobs.publish;

import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.state.image.SavedParts;

/**
 * A model as of one checkpoint, never changed.
 *
 * @param bytes of its chunks
 * @param chunks of its learner's parts; may be read by many threads at once
 */
public record PublishedModel(String key, ModelTable table, long bytes, SavedParts chunks) {

  /**
   * A learner of its own for the caller, as one that is restored from the checkpoint.
   *
   * @throws dev.braid.state.image.MalformedImageException if the chunks are not those of a learner
   */
  public Learner restore() {
    return LearnerImage.read(chunks);
  }
}
