package dev.braid.jobs.operator;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;

/**
 * What the values of each feature of an open schema were, as long as the feature is young: a type
 * that was taken from a first value may prove wrong. A feature's type is corrected once, or not at
 * all.
 *
 * <p>Layout ({@code TYPE}, version 1): int counts, none where all features are settled; int
 * features; the counts.
 */
final class FeatureTypes {
  /** Values after which a feature is what it is. */
  static final int YOUNG = 1_000;

  /** Values that it takes to find a type wrong, and in how many parts of them it must be wrong. */
  private static final int FEWEST = 4;

  private static final int WRONG = 3;
  private static final int OF = 4;

  private static final int SETTLED = -1;
  private static final int SHIFT = 16;
  private static final int MASK = (1 << SHIFT) - 1;

  /**
   * Per feature how many of its values were numbers, and from bit 16 on how many were not. Features
   * beyond are settled.
   */
  private int[] counts = new int[0];

  private int features;
  private int unsettled;

  /** Whether nothing is left to be found out. */
  boolean settled(final int count) {
    return unsettled == 0 && count == features;
  }

  /** Takes in features that the schema gained, as young ones. */
  void grow(final int count) {
    if (count > features) {
      final int known = counts.length;
      counts = Arrays.copyOf(counts, count);
      Arrays.fill(counts, known, Math.max(known, features), SETTLED);
      unsettled += count - features;
      features = count;
    }
  }

  /**
   * Takes in one value.
   *
   * @param number whether the value is a number
   * @param nominal whether its feature is nominal
   * @return whether the feature's type is to be corrected now
   */
  boolean add(final int feature, final boolean number, final boolean nominal) {
    if (feature >= counts.length || counts[feature] == SETTLED) {
      return false;
    }
    counts[feature] += number ? 1 : 1 << SHIFT;
    final int numbers = counts[feature] & MASK;
    final int others = counts[feature] >>> SHIFT;
    final int all = numbers + others;
    final boolean wrong = all >= FEWEST && (nominal ? numbers : others) * OF >= all * WRONG;
    if (wrong || all >= YOUNG) {
      settle(feature);
    }
    return wrong;
  }

  /** Says that a feature's type stands. */
  void settle(final int feature) {
    if (feature < counts.length && counts[feature] != SETTLED) {
      counts[feature] = SETTLED;
      unsettled--;
    }
  }

  void write(final ImageWriter out) {
    out.begin(ImageKind.FEATURE_TYPES).putInt(unsettled == 0 ? 0 : counts.length).putInt(features);
    for (int f = 0; f < counts.length && unsettled > 0; f++) {
      out.putInt(counts[f]);
    }
  }

  static FeatureTypes read(final ImageReader in) {
    in.begin(ImageKind.FEATURE_TYPES);
    final FeatureTypes types = new FeatureTypes();
    types.counts = new int[in.getIntIn(0, in.remaining() / Integer.BYTES, "types of features")];
    types.features = in.getIntIn(types.counts.length, Integer.MAX_VALUE, "features with a type");
    for (int f = 0; f < types.counts.length; f++) {
      types.counts[f] = in.getIntIn(SETTLED, Integer.MAX_VALUE, "values seen of a feature");
      types.unsettled += types.counts[f] == SETTLED ? 0 : 1;
    }
    return types;
  }
}
