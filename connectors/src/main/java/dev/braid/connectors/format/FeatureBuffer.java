package dev.braid.connectors.format;

import dev.braid.experts.basic.ExternalPrediction;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects the features of one event. Streams repeat the same names in the same order: then the
 * names array of the event before is shared, and its check need not be repeated.
 */
final class FeatureBuffer {
  private final int maxFeatures;
  private final int maxTextLength;
  private final List<String> external;
  private String[] names = new String[16];
  private double[] numbers = new double[16];
  private String[] texts = new String[16];
  private int size;
  private String[] lastNames = new String[0];

  FeatureBuffer(final DecoderOptions options) {
    maxFeatures = options.maxFeatures();
    maxTextLength = options.maxTextLength();
    external = options.external();
  }

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  /**
   * A number, or a text, or neither (NaN and null). No name can be that of a feature of an external
   * prediction, but of a model whose predictions events may bring.
   */
  void add(final String name, final double number, final String text) throws Refusal {
    if (size == maxFeatures) {
      throw new Refusal("the event has more than " + maxFeatures + " features, the most allowed");
    }
    if (size == names.length) {
      names = Arrays.copyOf(names, 2 * size);
      numbers = Arrays.copyOf(numbers, 2 * size);
      texts = Arrays.copyOf(texts, 2 * size);
    }
    names[size] = inside(name);
    numbers[size] = number;
    texts[size] = text;
    size++;
  }

  @SuppressWarnings("ReferenceEquality") // What needs no escaping comes back as it is.
  private String inside(final String name) {
    final String escaped = ExternalPrediction.escaped(name);
    if (escaped == name) {
      return name;
    }
    for (final String model : external) {
      if (name.startsWith(ExternalPrediction.feature(model, ""))) {
        return name;
      }
    }
    return escaped;
  }

  /** Names of the features, checked. Shared between events: must not be changed. */
  String[] names() throws Refusal {
    if (!Arrays.equals(names, 0, size, lastNames, 0, lastNames.length)) {
      final Set<String> seen = new HashSet<>(size * 2);
      for (int i = 0; i < size; i++) {
        Texts.checked("the name of a feature", names[i], maxTextLength);
        if (!seen.add(names[i])) {
          throw new Refusal("feature " + Refusal.show(names[i]) + " is there twice");
        }
      }
      lastNames = Arrays.copyOf(names, size);
    }
    return lastNames;
  }

  double[] numbers() {
    return Arrays.copyOf(numbers, size);
  }

  String[] texts() {
    return Arrays.copyOf(texts, size);
  }
}
