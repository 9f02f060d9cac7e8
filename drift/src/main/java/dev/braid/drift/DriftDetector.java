package dev.braid.drift;

import dev.braid.state.image.ImageWriter;

/** Watches a sequence of numbers, usually errors or losses, for a change of its mean. */
public interface DriftDetector {

  /**
   * Takes the next number of the sequence.
   *
   * @param value a finite number
   * @return whether the sequence is seen to have changed with this number
   * @throws IllegalArgumentException if the value is NaN or infinite
   */
  boolean add(double value);

  /** Mean of the numbers the detector takes to follow the present distribution; 0 if none. */
  double estimate();

  /** How many numbers {@link #estimate()} is the mean of. */
  long width();

  /** How many changes were reported so far. */
  long detections();

  /** Heap bytes held by the detector, from the lengths of its arrays. */
  long sizeBytes();

  /** Writes the whole state as a nested part of an image. */
  void write(ImageWriter out);
}
