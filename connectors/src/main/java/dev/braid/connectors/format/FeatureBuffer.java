package dev.braid.connectors.format;

import dev.braid.data.Feature;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Collects the features of one event. Streams repeat the same names in the same order: then the
 * names array of the event before is shared, and its check need not be repeated.
 */
final class FeatureBuffer implements Serializable {
  private final DecoderOptions options;
  private String[] names = new String[16];
  private double[] numbers = new double[16];
  private String[] texts = new String[16];
  private int size;
  private String[] lastNames = new String[0];

  FeatureBuffer(final DecoderOptions options) {
    this.options = options;
  }

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  /** The kind declared for a feature, or null. */
  Feature.Kind declared(final String name) {
    return options.declared().get(name);
  }

  void addMissing(final String name) throws Refusal {
    add(name, Double.NaN, null);
  }

  void addNumber(final String name, final double finite) throws Refusal {
    add(name, finite, null);
  }

  /** Adds a feature that came as text. */
  void addText(final String name, final String text) throws Refusal {
    final Feature.Kind kind = declared(name);
    if (kind == Feature.Kind.NUMERIC && Texts.isNumber(text)) {
      add(name, Texts.finite(name, text), null);
      return;
    }
    if (kind != Feature.Kind.NOMINAL && Texts.isNotFinite(text)) {
      throw Texts.notFinite(name, text);
    }
    if (kind == Feature.Kind.NUMERIC) {
      throw new Refusal(
          "feature "
              + Refusal.show(name)
              + " is "
              + Refusal.show(text)
              + " but is declared as numeric");
    }
    add(name, Double.NaN, checkedValue(name, text));
  }

  private String checkedValue(final String name, final String text) throws Refusal {
    if (!Texts.fits(text, options.maxTextLength())) {
      throw Texts.misfit("feature " + Refusal.show(name), text, options.maxTextLength());
    }
    return text;
  }

  private void add(final String name, final double number, final String text) throws Refusal {
    if (size == options.maxFeatures()) {
      throw new Refusal(
          "the event has more than " + options.maxFeatures() + " features, the most allowed");
    }
    if (size == names.length) {
      names = Arrays.copyOf(names, 2 * size);
      numbers = Arrays.copyOf(numbers, 2 * size);
      texts = Arrays.copyOf(texts, 2 * size);
    }
    names[size] = name;
    numbers[size] = number;
    texts[size] = text;
    size++;
  }

  /** Names of the features, checked. Shared between events: must not be changed. */
  String[] names() throws Refusal {
    if (!Arrays.equals(names, 0, size, lastNames, 0, lastNames.length)) {
      final Set<String> seen = new HashSet<>(size * 2);
      for (int i = 0; i < size; i++) {
        Texts.checked("the name of a feature", names[i], options.maxTextLength());
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
