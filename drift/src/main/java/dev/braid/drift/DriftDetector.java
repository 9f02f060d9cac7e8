package dev.braid.drift;

import dev.braid.state.image.ImageWriter;

/**
 * Watches a sequence of numbers, usually errors or losses, for a change of its distribution. All
 * kinds are in {@link Detectors}.
 *
 * <p>The same numbers give the same answers on every machine, bit for bit: detectors compute with
 * the four operations, square roots and {@link StrictMath} alone, which Java defines exactly.
 */
public interface DriftDetector {

  /** What it is, as the registry knows it. */
  DetectorKind kind();

  /** Name and options as text that {@link Detectors#open} understands; equal for equal options. */
  String spec();

  /**
   * Takes the next number of the sequence. One that is not finite is left out: it changes nothing.
   * One outside of the range that the kind is made for counts as the nearest inside.
   *
   * @return whether the sequence is seen to have changed with this number
   */
  boolean add(double value);

  /**
   * The same, for users to whom only a change for the worse is one.
   *
   * @return whether the sequence is seen to have risen with this number
   */
  default boolean rose(final double value) {
    final double before = estimate();
    return add(value) && estimate() > before;
  }

  /** Mean of the numbers the detector takes to follow the present distribution; 0 if none. */
  double estimate();

  /** How many numbers {@link #estimate()} is the mean of. */
  long width();

  /** How many changes were reported so far. */
  long detections();

  /** A detector with the same options that has taken nothing yet. */
  DriftDetector fresh();

  /** Heap bytes held by the detector, from the lengths of its arrays. */
  long sizeBytes();

  /** Writes the whole state as a nested part of an image, without the name of the kind. */
  void write(ImageWriter out);
}
