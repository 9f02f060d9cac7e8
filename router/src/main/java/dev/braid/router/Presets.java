package dev.braid.router;

import dev.braid.data.Schema;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The learners that can be opened by name. */
public final class Presets {
  private static final Map<String, Preset> PRESETS = presets();

  private Presets() {}

  private static Map<String, Preset> presets() {
    final Map<String, Preset> presets = new TreeMap<>();
    ServiceLoader.load(Preset.class, Presets.class.getClassLoader())
        .forEach(preset -> presets.put(preset.name(), preset));
    return presets;
  }

  /** Names of all presets, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(PRESETS.keySet());
  }

  /**
   * One sentence on what a preset is.
   *
   * @throws IllegalArgumentException if there is no preset of that name
   */
  public static String description(final String preset) {
    return find(preset).description();
  }

  /**
   * Every option of a preset with its default.
   *
   * @throws IllegalArgumentException if there is no preset of that name
   */
  public static List<PresetOption> options(final String preset) {
    return find(preset).options();
  }

  /**
   * Opens an untrained learner.
   *
   * @param schema features and classes known at the start, possibly none
   * @throws IllegalArgumentException with one sentence that names the preset or option at fault
   */
  public static Learner open(final LearnerSpec spec, final Schema schema) {
    final Preset preset = find(spec.preset());
    return preset.open(spec, new Options(spec, preset.options()), schema);
  }

  /**
   * A specification with the value of every option written out, so that it means the same when a
   * later version has other defaults.
   *
   * @throws IllegalArgumentException if there is no preset of that name
   */
  public static LearnerSpec writtenOut(final LearnerSpec spec) {
    final Map<String, String> all = new TreeMap<>();
    options(spec.preset()).forEach(option -> all.put(option.name(), option.defaultValue()));
    all.putAll(spec.options());
    return new LearnerSpec(spec.preset(), spec.seed(), all);
  }

  /**
   * What keeps a saved learner from going on under another specification: another preset or seed,
   * or another value of an option that is fixed for a learner's life. An option left out has its
   * default, and numbers are compared as such: {@code 1e-3} is {@code 0.001}.
   *
   * @return one clause per conflict that names what differs; empty if there is none
   */
  public static List<String> conflicts(final LearnerSpec saved, final LearnerSpec wanted) {
    return SpecConflicts.between(saved, wanted);
  }

  static Learner read(final SavedLearner saved) {
    final LearnerSpec spec = saved.spec();
    final Preset preset = find(spec.preset());
    return preset.read(saved, saved.identity().options(preset));
  }

  private static Preset find(final String name) {
    final Preset preset = PRESETS.get(name);
    if (preset == null) {
      throw new IllegalArgumentException(
          "there is no preset '" + name + "'; there are " + String.join(", ", names()));
    }
    return preset;
  }
}
