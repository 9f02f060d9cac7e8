package dev.braid.jobs.config;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.drift.Detectors;
import dev.braid.experts.basic.ExternalPrediction;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Presets;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the operator that learns is told, checked: everything of a {@link JobConfig} that has
 * nothing to do with Kafka or with how records are written. The keys, their defaults and what they
 * mean stand in {@code docs/configuration.md}.
 *
 * @param predictors of a dense layer in front of the models
 * @param modelsTopic where the models are published; empty for nowhere
 */
public record LearnerConfig(
    SchemaHint schema,
    Model model,
    Drift drift,
    LateLabels labels,
    State state,
    Limits limits,
    Metrics metrics,
    Predictors predictors,
    String modelsTopic)
    implements Serializable {
  /** The option of presets that listen to models outside. */
  private static final String EXTERNAL = "external";

  /**
   * What is known of the schema before the first event; all empty where nothing is.
   *
   * @param ofNumber whether a number is predicted
   */
  public record SchemaHint(
      boolean ofNumber, List<String> numeric, List<String> nominal, List<String> classes)
      implements Serializable {}

  /** The learner, one per key. */
  public record Model(String preset, long seed, Map<String, String> options)
      implements Serializable {}

  /** What watches each model's errors, as {@link dev.braid.drift.Detectors#open} takes it. */
  public record Drift(String detector) implements Serializable {}

  /**
   * Events that wait for their labels, and labels for their events.
   *
   * @param predictionBytes most bytes kept of what the experts predicted of a pending event
   */
  public record LateLabels(Duration maxWait, int predictionBytes) implements Serializable {}

  /**
   * Models on the heap and at rest.
   *
   * @param workingSet bytes per subtask
   * @param packBelow bytes up to which a model lies in one entry of the state backend
   * @param deduplicateFor how long ids are remembered, zero for not at all
   * @param expireAfter how long a model may idle, zero for ever
   */
  public record State(long workingSet, int packBelow, Duration deduplicateFor, Duration expireAfter)
      implements Serializable {}

  /**
   * Bounds on what input may make the job hold.
   *
   * @param modelBytes most that one model may take, 0 for a share of the heap
   */
  public record Limits(
      int features, int textLength, int classes, int nominalValues, long modelBytes)
      implements Serializable {}

  /**
   * Metrics records: one every so many events of a model.
   *
   * @param importanceEvery one labelled event in so many is asked what its features are worth; 0
   *     for none
   */
  public record Metrics(int every, int importanceEvery) implements Serializable {}

  /**
   * What of a dense layer the models hear.
   *
   * @param models names under which it predicts; empty where there is no such layer
   * @param acceptChange whether models may go on with other predictions than they had
   */
  public record Predictors(List<String> models, boolean acceptChange) implements Serializable {}

  /** The configuration with nothing given. */
  public static LearnerConfig defaults() {
    return of(Map.of());
  }

  /**
   * A configuration from texts by key.
   *
   * @throws ConfigException if a key is not known or not about learning, or a value not allowed
   */
  public static LearnerConfig of(final Map<String, String> values) {
    final Settings settings = Settings.of(List.of(values));
    for (final String name : values.keySet()) {
      if (!Keys.isOfLearner(name)) {
        throw new ConfigException(
            "Configuration key '"
                + name
                + "' is about the job with Kafka; a learner takes "
                + Keys.namesOfLearner()
                + ".");
      }
    }
    final LearnerConfig config = of(settings, DenseConfig.of(settings));
    config.check();
    return config;
  }

  static LearnerConfig of(final Settings s, final DenseConfig dense) {
    final SchemaHint schema =
        new SchemaHint(
            s.get(Keys.TARGET).equals("numeric"),
            s.get(Keys.NUMERIC),
            s.get(Keys.NOMINAL),
            s.get(Keys.CLASSES));
    dense.check(schema);
    return new LearnerConfig(
        schema,
        new Model(s.get(Keys.PRESET), s.get(Keys.SEED), options(s, schema)),
        new Drift(s.get(Keys.DETECTOR)),
        new LateLabels(s.get(Keys.MAX_WAIT), s.get(Keys.PREDICTION_BYTES)),
        new State(
            s.get(Keys.WORKING_SET),
            Math.toIntExact(s.get(Keys.PACK_BELOW)),
            s.get(Keys.DEDUPLICATE_FOR),
            s.get(Keys.EXPIRE_AFTER)),
        new Limits(
            s.get(Keys.FEATURES),
            s.get(Keys.TEXT_LENGTH),
            s.get(Keys.CLASS_LIMIT),
            s.get(Keys.VALUES),
            s.get(Keys.MODEL_BYTES)),
        new Metrics(s.get(Keys.METRICS_EVERY), s.get(Keys.IMPORTANCE_EVERY)),
        new Predictors(dense.models(), dense.acceptChange()),
        s.get(Keys.MODELS_TOPIC));
  }

  /** Of the preset, with what is asked for around a number. */
  private static Map<String, String> options(final Settings s, final SchemaHint schema) {
    final Map<String, String> options = new HashMap<>(s.under(Keys.MODEL_OPTIONS));
    for (final ConfigKey<?> key : List.of(Keys.INTERVAL, Keys.QUANTILES)) {
      final String name = key.name().substring(key.name().indexOf('.') + 1);
      if (options.containsKey(name)) {
        throw new ConfigException(
            "Configuration key '"
                + Keys.MODEL_OPTIONS.start()
                + name
                + "': use '"
                + key.name()
                + "' instead.");
      }
      if (!schema.ofNumber && !s.isByDefault(key)) {
        throw new ConfigException(
            "Configuration key '"
                + key.name()
                + "' is about numbers, but '"
                + Keys.TARGET.name()
                + "' is not numeric: leave it out.");
      }
    }
    if (schema.ofNumber) {
      options.put("interval", s.get(Keys.INTERVAL));
      options.put("quantiles", String.join(",", s.get(Keys.QUANTILES)));
    }
    return options;
  }

  void check() {
    requireNoClasses();
    requireOnce(Keys.NUMERIC, schema.numeric, Set.of());
    requireOnce(Keys.NOMINAL, schema.nominal, Set.copyOf(schema.numeric));
    requireOnce(Keys.CLASSES, schema.classes, Set.of());
    requireLearner();
    requireDetector();
  }

  private void requireNoClasses() {
    if (!schema.ofNumber) {
      return;
    }
    if (!schema.classes.isEmpty()) {
      throw new ConfigException(
          "Configuration key '"
              + Keys.CLASSES.name()
              + "' names classes, but '"
              + Keys.TARGET.name()
              + "' is numeric.");
    }
    if (!predictors.models.isEmpty()) {
      throw new ConfigException(
          "A dense layer predicts classes, but '"
              + Keys.TARGET.name()
              + "' is numeric: leave the keys 'dense.*' out.");
    }
  }

  private void requireDetector() {
    try {
      Detectors.open(drift.detector);
    } catch (final IllegalArgumentException refused) {
      throw new ConfigException(
          "Configuration key '" + Keys.DETECTOR.name() + "': " + refused.getMessage() + ".");
    }
  }

  /** Models outside whose predictions events bring, beside the dense layer's. */
  List<String> external() {
    return ExternalPrediction.models(model.options.getOrDefault(EXTERNAL, ""));
  }

  /** Names of the features that external predictions are, of the classes that are declared. */
  private List<String> externalFeatures() {
    final List<String> models = new ArrayList<>(external());
    models.addAll(predictors.models);
    final List<String> names = new ArrayList<>();
    models.forEach(of -> schema.classes.forEach(c -> names.add(ExternalPrediction.feature(of, c))));
    return names;
  }

  /** What is known of every model's schema before its first event. */
  public Schema firstSchema() {
    final List<Feature> features = new ArrayList<>();
    schema.numeric.forEach(name -> features.add(Feature.numeric(name)));
    schema.nominal.forEach(name -> features.add(Feature.nominal(name)));
    if (!isOpen()) {
      externalFeatures().forEach(name -> features.add(Feature.numeric(name)));
    }
    return schema.ofNumber ? Schema.ofQuantity(features) : new Schema(features, schema.classes);
  }

  /** Whether features that are not in the schema are added to it. */
  public boolean isOpen() {
    return schema.numeric.isEmpty() && schema.nominal.isEmpty();
  }

  /** What every model is; a preset that listens to models outside is told of the dense layer. */
  public LearnerSpec spec() {
    final Map<String, String> options = new HashMap<>(model.options);
    if (!predictors.models.isEmpty()
        && Presets.REGISTRY.has(model.preset)
        && Presets.REGISTRY.find(model.preset).options().stream()
            .anyMatch(option -> option.name().equals(EXTERNAL))) {
      options.merge(
          EXTERNAL,
          String.join(",", predictors.models),
          (given, own) -> given.isBlank() ? own : given + ',' + own);
    }
    return new LearnerSpec(model.preset, model.seed, options);
  }

  /** Opens the learner once, since only it knows what its options may be. */
  private void requireLearner() {
    try {
      Presets.open(
          spec(),
          schema.ofNumber ? Schema.ofQuantity(List.of()) : new Schema(List.of(), List.of()));
    } catch (final IllegalArgumentException refused) {
      throw new ConfigException(
          "Configuration keys '"
              + Keys.MODEL_OPTIONS.start()
              + "*': "
              + refused.getMessage()
              + ".");
    }
  }

  private static void requireOnce(
      final ConfigKey<List<String>> key, final List<String> names, final Set<String> taken) {
    final Set<String> seen = new HashSet<>(taken);
    for (final String name : names) {
      if (!seen.add(name)) {
        throw new ConfigException(
            "Configuration key '" + key.name() + "' names '" + name + "' a second time.");
      }
    }
  }
}
