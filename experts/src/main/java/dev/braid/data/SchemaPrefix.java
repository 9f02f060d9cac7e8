package dev.braid.data;

import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Schemas that grew to another one, said by how much of it they had: since a schema only ever gets
 * longer, the number of classes and of each feature's values is all there is to say.
 */
public final class SchemaPrefix {

  private SchemaPrefix() {}

  /** How long a schema is, shape [1 + features]: classes, then values of each feature. */
  public static int[] sizes(final Schema schema) {
    final int[] sizes = new int[1 + schema.featureCount()];
    sizes[0] = schema.classCount();
    for (int f = 0; f < schema.featureCount(); f++) {
      sizes[1 + f] = schema.features().get(f).values().size();
    }
    return sizes;
  }

  /** Whether a schema has grown to a larger one with nothing but additions. */
  public static boolean is(final Schema smaller, final Schema larger) {
    boolean is =
        smaller.target().getClass().equals(larger.target().getClass())
            && smaller.featureCount() <= larger.featureCount()
            && begins(smaller.classes(), larger.classes());
    for (int f = 0; is && f < smaller.featureCount(); f++) {
      final Feature known = smaller.features().get(f);
      final Feature now = larger.features().get(f);
      is =
          known.name().equals(now.name())
              && known.kind() == now.kind()
              && begins(known.values(), now.values());
    }
    return is;
  }

  private static boolean begins(final List<String> shorter, final List<String> longer) {
    return shorter.size() <= longer.size() && shorter.equals(longer.subList(0, shorter.size()));
  }

  /**
   * The schema of those sizes that has grown to a larger one.
   *
   * @throws MalformedImageException if there is none
   */
  public static Schema of(final Schema larger, final int[] sizes) {
    final int[] all = sizes(larger);
    boolean fits = sizes.length >= 1 && sizes.length <= all.length;
    for (int i = 0; fits && i < sizes.length; i++) {
      fits = sizes[i] >= 0 && sizes[i] <= all[i];
    }
    if (!fits) {
      throw new MalformedImageException("a schema did not grow to the one that is known");
    }
    if (Arrays.equals(sizes, all)) {
      return larger;
    }
    final List<Feature> features = new ArrayList<>();
    for (int f = 0; f < sizes.length - 1; f++) {
      final Feature feature = larger.features().get(f);
      features.add(
          sizes[1 + f] == all[1 + f]
              ? feature
              : new Feature(
                  feature.name(), feature.kind(), feature.values().subList(0, sizes[1 + f])));
    }
    return larger.target() instanceof Target.Quantity
        ? Schema.ofQuantity(features)
        : new Schema(features, larger.classes().subList(0, sizes[0]));
  }
}
