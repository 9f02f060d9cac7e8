package dev.braid.router;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What is needed, beside the schema, to open a learner.
 *
 * @param preset a name that {@link Presets#names()} lists
 * @param seed of everything random in the learner
 * @param options the preset's options by name, only those that differ from its defaults
 */
public record LearnerSpec(String preset, long seed, Map<String, String> options) {

  public LearnerSpec {
    Objects.requireNonNull(preset, "preset");
    options = Map.copyOf(new TreeMap<>(options));
  }

  /** A preset with its default options. */
  public static LearnerSpec of(final String preset, final long seed) {
    return new LearnerSpec(preset, seed, Map.of());
  }
}
