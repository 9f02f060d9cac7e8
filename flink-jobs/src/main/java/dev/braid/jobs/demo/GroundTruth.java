package dev.braid.jobs.demo;

import java.util.Arrays;
import java.util.List;

/**
 * The true labels of what was sent, by the event's number from 0 on. Written by the thread that
 * sends, read by the one that compares.
 */
final class GroundTruth {
  private double[] labels = new double[1024];
  private int size;
  private List<String> classes = List.of();

  synchronized void add(final double target, final List<String> known) {
    if (size == labels.length) {
      labels = Arrays.copyOf(labels, size * 2);
    }
    labels[size++] = target;
    classes = known;
  }

  /** Events sent so far. */
  synchronized int size() {
    return size;
  }

  /** The event's target, as {@code Instance.target()} has it. */
  synchronized double target(final int event) {
    return labels[event];
  }

  /** Index of a class by name, or -1 if the stream has none of that name so far. */
  synchronized int classIndex(final String name) {
    return classes.indexOf(name);
  }
}
