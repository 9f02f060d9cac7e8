package dev.braid.jobs.demo;

import java.util.Arrays;
import java.util.List;

/**
 * The true labels of what was sent, by the event's number from 0 on. Written by the thread that
 * sends, read by the one that compares.
 */
final class Answers {
  private int[] labels = new int[1024];
  private int size;
  private List<String> classes = List.of();

  synchronized void add(final int label, final List<String> known) {
    if (size == labels.length) {
      labels = Arrays.copyOf(labels, size * 2);
    }
    labels[size++] = label;
    classes = known;
  }

  /** Events sent so far. */
  synchronized int size() {
    return size;
  }

  /** Index of the event's class, or -1 where the stream has no label for it. */
  synchronized int label(final int event) {
    return labels[event];
  }

  /** Index of a class by name, or -1 if the stream has none of that name so far. */
  synchronized int classIndex(final String name) {
    return classes.indexOf(name);
  }
}
