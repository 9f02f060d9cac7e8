package dev.braid.router;

import dev.braid.data.Target;
import dev.braid.spec.Term;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What is needed, beside the schema, to open a learner.
 *
 * @param preset a name in {@link Presets#REGISTRY}
 * @param seed of everything random in the learner
 * @param options the preset's options by name, only those that differ from its defaults
 */
public record LearnerSpec(String preset, long seed, Map<String, String> options) {

  public LearnerSpec {
    Objects.requireNonNull(preset, "preset");
    options = Map.copyOf(new TreeMap<>(options));
  }

  /**
   * Reads a preset and its options as one text: {@code driftmoe-data(batch=1,top-k=2)}.
   *
   * @throws IllegalArgumentException with one sentence that names the preset or option at fault
   */
  public static LearnerSpec parse(final String text, final long seed) {
    final Term term = Term.parse(text);
    final Map<String, String> given = new TreeMap<>(Presets.REGISTRY.options(term).given());
    final Preset preset = Presets.REGISTRY.find(term.name());
    // A default that depends on the target stays: it may be given where it is not the default.
    preset.options().stream()
        .filter(preset.options(new Target.Quantity())::contains)
        .forEach(option -> given.remove(option.name(), option.defaultValue()));
    return new LearnerSpec(term.name(), seed, given);
  }

  void write(final ImageWriter out) {
    out.putString(preset).putLong(seed).putInt(options.size());
    options.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(option -> out.putString(option.getKey()).putString(option.getValue()));
  }

  /** Reads what {@link #write} wrote. */
  static LearnerSpec read(final ImageReader in) {
    final String preset = in.getString();
    final long seed = in.getLong();
    final Map<String, String> options = new HashMap<>();
    for (int left = in.getIntIn(0, in.remaining(), "number of options"); left > 0; left--) {
      options.put(in.getString(), in.getString());
    }
    return new LearnerSpec(preset, seed, options);
  }

  /** A preset with its default options. */
  public static LearnerSpec of(final String preset, final long seed) {
    return new LearnerSpec(preset, seed, Map.of());
  }
}
