package dev.braid.data;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/** What a part of a learner knows of the targets that it met; of classes that is nothing. */
public interface TargetState {

  /** Writes what it knows. */
  default void write(final ImageWriter out) {}

  /** Reads what {@link #write} wrote. */
  default void read(final ImageReader in) {}

  /** Heap bytes held. */
  default long sizeBytes() {
    return 0;
  }

  /** Their scale, where targets are numbers. */
  abstract class OfNumbers implements TargetState {
    protected final TargetScale scale = new TargetScale();

    @Override
    public void write(final ImageWriter out) {
      scale.write(out);
    }

    @Override
    public void read(final ImageReader in) {
      scale.read(in);
    }

    @Override
    public long sizeBytes() {
      return scale.sizeBytes();
    }
  }
}
