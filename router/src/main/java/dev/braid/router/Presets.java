package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.spec.Options;
import dev.braid.spec.Registry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The learners that can be opened by name. */
public final class Presets {
  /** Every preset on the class path. */
  public static final Registry<Preset> REGISTRY =
      Registry.withServices("preset", List.of(), Preset.class);

  private Presets() {}

  /**
   * Opens an untrained learner.
   *
   * @param schema features and classes known at the start, possibly none
   * @throws IllegalArgumentException with one sentence that names the preset or option at fault
   */
  public static Learner open(final LearnerSpec spec, final Schema schema) {
    final Preset preset = REGISTRY.find(spec.preset());
    if (!preset.predicts(schema.target())) {
      throw new IllegalArgumentException(
          "preset '"
              + preset.name()
              + "' predicts no numbers, since "
              + preset.onlyClasses()
              + "; those that do: "
              + REGISTRY.entries().stream()
                  .filter(other -> other.predicts(schema.target()))
                  .map(Preset::name)
                  .collect(Collectors.joining(", ")));
    }
    return preset.open(spec, options(spec, schema.target()), schema);
  }

  /**
   * Opens an untrained learner whose experts work on several threads, of which the caller's is one.
   * Its predictions and its image are those of {@link #open} to the last bit.
   *
   * @throws IllegalArgumentException with one sentence that names the preset or option at fault, or
   *     why the experts of this preset cannot work apart from each other
   */
  public static ParallelLearner openParallel(
      final LearnerSpec spec, final Schema schema, final int threads) {
    return division(REGISTRY.find(spec.preset()))
        .parallel(spec, options(spec, schema.target()), schema, threads);
  }

  static Divisible division(final Preset preset) {
    try {
      return preset.division();
    } catch (final IllegalArgumentException why) {
      throw new IllegalArgumentException(
          "preset '" + preset.name() + "' cannot be divided: " + why.getMessage(), why);
    }
  }

  /** The options of a specification, with defaults where it gives none. */
  static Options options(final LearnerSpec spec, final Target target) {
    final Preset preset = REGISTRY.find(spec.preset());
    return Options.of("preset '" + preset.name() + "'", preset.options(target), spec.options());
  }

  /**
   * A specification with the value of every option written out, so that it means the same when a
   * later version has other defaults.
   *
   * @param target what is predicted
   * @throws IllegalArgumentException if there is no preset of that name
   */
  public static LearnerSpec writtenOut(final LearnerSpec spec, final Target target) {
    final Map<String, String> all = new TreeMap<>();
    REGISTRY
        .find(spec.preset())
        .options(target)
        .forEach(option -> all.put(option.name(), option.defaultValue()));
    all.putAll(spec.options());
    return new LearnerSpec(spec.preset(), spec.seed(), all);
  }

  /**
   * What keeps a saved learner from going on under another specification: another preset or seed,
   * or another value of an option that is fixed for a learner's life. An option left out has its
   * default, and numbers are compared as such: {@code 1e-3} is {@code 0.001}.
   *
   * @param target what both predict
   * @return one clause per conflict that names what differs; empty if there is none
   */
  public static List<String> conflicts(
      final LearnerSpec saved, final LearnerSpec wanted, final Target target) {
    return SpecConflicts.between(saved, wanted, target);
  }

  /** Names of all presets, in alphabetical order. */
  public static List<String> names() {
    return REGISTRY.names();
  }

  /** Does what an option asks for; a refusal names the option. */
  public static <T> T reading(final String option, final Supplier<T> work) {
    try {
      return work.get();
    } catch (final IllegalArgumentException e) {
      throw new IllegalArgumentException("option '" + option + "': " + e.getMessage(), e);
    }
  }

  static Learner read(final SavedLearner saved) {
    return saved.isYoung() ? Reliving.of(saved) : readWhole(saved);
  }

  /** Reads a learner of which all that it made of its events was saved. */
  static Learner readWhole(final SavedLearner saved) {
    final Preset preset = REGISTRY.find(saved.spec().preset());
    return preset.read(saved, saved.identity().options());
  }
}
