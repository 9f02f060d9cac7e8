package dev.braid.jobs.config;

import dev.braid.connectors.format.DecoderOptions;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.RecordDecoder;
import dev.braid.connectors.format.RecordFormats;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.drift.Detectors;
import dev.braid.experts.basic.ExternalPrediction;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Presets;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything a job can be told, checked. The keys, their defaults and what they mean stand in
 * {@code docs/configuration.md}; each component here carries the value of the key of that name.
 */
public record JobConfig(
    Job job,
    Kafka kafka,
    Events events,
    SchemaHint schema,
    Model model,
    Drift drift,
    Labels labels,
    State state,
    Limits limits,
    Checkpoints checkpoints,
    Metrics metrics,
    DenseConfig dense)
    implements Serializable {
  /** The option of presets that listen to models outside. */
  private static final String EXTERNAL = "external";

  /** Where a job begins to read without a checkpoint. */
  public enum Start {
    COMMITTED,
    EARLIEST,
    LATEST
  }

  /** What is promised to the readers of the output. */
  public enum Delivery {
    EXACTLY_ONCE,
    AT_LEAST_ONCE
  }

  /** The job as Flink sees it; parallelism 0 stands for Flink's own default. */
  public record Job(
      String name,
      int parallelism,
      int restartAttempts,
      Duration restartDelay,
      Duration longestRestartDelay,
      Duration bufferTimeout)
      implements Serializable {}

  /** Topics, and how Kafka is reached; {@code labelsTopic} is empty where there is none. */
  public record Kafka(
      String bootstrapServers,
      String group,
      Start start,
      boolean bounded,
      String eventsTopic,
      String labelsTopic,
      String predictionsTopic,
      String metricsTopic,
      String driftTopic,
      String deadLettersTopic,
      Delivery delivery,
      Duration transactionTimeout,
      Map<String, String> properties)
      implements Serializable {

    /** Names the properties without their values, of which some are secrets. */
    @Override
    public String toString() {
      return "Kafka[bootstrapServers="
          + bootstrapServers
          + ", group="
          + group
          + ", eventsTopic="
          + eventsTopic
          + ", labelsTopic="
          + labelsTopic
          + ", properties="
          + new TreeSet<>(properties.keySet())
          + "]";
    }
  }

  /** How an event is written. */
  public record Events(
      String format,
      Map<String, String> options,
      String idField,
      boolean deriveId,
      String keyField,
      String timestampField,
      String featuresField,
      String labelField)
      implements Serializable {}

  /** What is known of the schema before the first event; all empty where nothing is. */
  public record SchemaHint(List<String> numeric, List<String> nominal, List<String> classes)
      implements Serializable {}

  /** The learner, one per key. */
  public record Model(String preset, long seed, Map<String, String> options)
      implements Serializable {}

  /** What watches each model's errors, as {@link dev.braid.drift.Detectors#open} takes it. */
  public record Drift(String detector) implements Serializable {}

  /**
   * Events that wait for their labels, and labels for their events.
   *
   * @param format of the labels
   * @param options of that format
   * @param predictionBytes most bytes that are kept of what the experts said of a waiting event
   */
  public record Labels(
      String format, Map<String, String> options, Duration maxWait, int predictionBytes)
      implements Serializable {}

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
      int recordBytes,
      int features,
      int textLength,
      int classes,
      int nominalValues,
      long modelBytes)
      implements Serializable {}

  /** Checkpoints; {@code dir} is empty where Flink's own configuration decides. */
  public record Checkpoints(Duration interval, Duration timeout, String dir, boolean retain)
      implements Serializable {}

  /** Metrics records: one every so many events of a model. */
  public record Metrics(int every) implements Serializable {}

  /** Every key that can be given, in the order of the reference page. */
  public static List<KeyDescription> keys() {
    return Keys.all().stream().map(ConfigKey::describe).toList();
  }

  /** The configuration with nothing given. */
  public static JobConfig defaults() {
    return of(Map.of());
  }

  /**
   * A configuration from texts by key.
   *
   * @throws ConfigException if a key is not known, or a value not allowed
   */
  public static JobConfig of(final Map<String, String> values) {
    return build(Settings.of(List.of(values)));
  }

  /**
   * A configuration from a YAML file.
   *
   * @param file the file, or null for none
   * @param overrides texts by key that win over the file's
   * @throws ConfigException if the file cannot be read, a key is not known, or a value not allowed
   */
  public static JobConfig load(final Path file, final Map<String, String> overrides) {
    return load(Map.of(), file, overrides);
  }

  /**
   * The same for a command with defaults of its own.
   *
   * @param defaults texts by key that the file's win over
   */
  public static JobConfig load(
      final Map<String, String> defaults, final Path file, final Map<String, String> overrides) {
    return build(
        Settings.of(List.of(defaults, file == null ? Map.of() : ConfigTree.read(file), overrides)));
  }

  private static JobConfig build(final Settings s) {
    final JobConfig config =
        new JobConfig(
            new Job(
                s.get(Keys.NAME),
                s.get(Keys.PARALLELISM),
                s.get(Keys.RESTART_ATTEMPTS),
                s.get(Keys.RESTART_DELAY),
                s.get(Keys.LONGEST_RESTART_DELAY),
                s.get(Keys.BUFFER_TIMEOUT)),
            new Kafka(
                s.get(Keys.BOOTSTRAP_SERVERS),
                s.get(Keys.GROUP),
                s.get(Keys.START),
                s.get(Keys.BOUNDED),
                s.get(Keys.EVENTS_TOPIC),
                s.get(Keys.LABELS_TOPIC),
                s.get(Keys.PREDICTIONS_TOPIC),
                s.get(Keys.METRICS_TOPIC),
                s.get(Keys.DRIFT_TOPIC),
                s.get(Keys.DEAD_LETTERS_TOPIC),
                s.get(Keys.DELIVERY),
                s.get(Keys.TRANSACTION_TIMEOUT),
                s.under(Keys.KAFKA_PROPERTIES)),
            new Events(
                s.get(Keys.FORMAT),
                s.under(Keys.FORMAT_OPTIONS),
                s.get(Keys.ID_FIELD),
                s.get(Keys.DERIVE_ID),
                s.get(Keys.KEY_FIELD),
                s.get(Keys.TIMESTAMP_FIELD),
                s.get(Keys.FEATURES_FIELD),
                s.get(Keys.LABEL_FIELD)),
            new SchemaHint(s.get(Keys.NUMERIC), s.get(Keys.NOMINAL), s.get(Keys.CLASSES)),
            new Model(s.get(Keys.PRESET), s.get(Keys.SEED), s.under(Keys.MODEL_OPTIONS)),
            new Drift(s.get(Keys.DETECTOR)),
            labels(s),
            new State(
                s.get(Keys.WORKING_SET),
                Math.toIntExact(s.get(Keys.PACK_BELOW)),
                s.get(Keys.DEDUPLICATE_FOR),
                s.get(Keys.EXPIRE_AFTER)),
            new Limits(
                s.get(Keys.RECORD_BYTES),
                s.get(Keys.FEATURES),
                s.get(Keys.TEXT_LENGTH),
                s.get(Keys.CLASS_LIMIT),
                s.get(Keys.VALUES),
                s.get(Keys.MODEL_BYTES)),
            new Checkpoints(
                s.get(Keys.CHECKPOINT_INTERVAL),
                s.get(Keys.CHECKPOINT_TIMEOUT),
                s.get(Keys.CHECKPOINT_DIR),
                s.get(Keys.CHECKPOINT_RETAIN)),
            new Metrics(s.get(Keys.METRICS_EVERY)),
            DenseConfig.of(s));
    config.check();
    return config;
  }

  private void check() {
    requireOnce(Keys.NUMERIC, schema.numeric, Set.of());
    requireOnce(Keys.NOMINAL, schema.nominal, Set.copyOf(schema.numeric));
    requireOnce(Keys.CLASSES, schema.classes, Set.of());
    requireDifferentTopics();
    KafkaRules.check(this);
    dense.check(schema);
    requireLearner();
    requireFormats();
    requireDetector();
  }

  private void requireDetector() {
    try {
      Detectors.open(drift.detector);
    } catch (final IllegalArgumentException refused) {
      throw new ConfigException(
          "Configuration key '" + Keys.DETECTOR.name() + "': " + refused.getMessage() + ".");
    }
  }

  private static Labels labels(final Settings s) {
    final String format = s.get(Keys.LABEL_FORMAT);
    final boolean same = format.isEmpty() || format.equals(s.get(Keys.FORMAT));
    final Map<String, String> options =
        new TreeMap<>(same ? s.under(Keys.FORMAT_OPTIONS) : Map.of());
    options.putAll(s.under(Keys.LABEL_OPTIONS));
    return new Labels(
        same ? s.get(Keys.FORMAT) : format,
        options,
        s.get(Keys.MAX_WAIT),
        s.get(Keys.PREDICTION_BYTES));
  }

  /** Opens the formats once, since only they know what their options may be. */
  private void requireFormats() {
    requireFormat(Keys.FORMAT_OPTIONS, () -> eventDecoder());
    if (!kafka.labelsTopic.isEmpty()) {
      requireFormat(Keys.LABEL_OPTIONS, () -> labelDecoder());
    }
  }

  private static void requireFormat(final ConfigPrefix options, final Runnable opener) {
    try {
      opener.run();
    } catch (final IllegalArgumentException refused) {
      throw new ConfigException(
          "Configuration keys '" + options.start() + "*': " + refused.getMessage() + ".");
    }
  }

  /** What reads the events. */
  public RecordDecoder eventDecoder() {
    return RecordFormats.events(
        events.format, decoding().withDeriveId(events.deriveId), events.options);
  }

  /** What reads the late labels. */
  public RecordDecoder labelDecoder() {
    return RecordFormats.labels(labels.format, decoding(), labels.options);
  }

  /** What the fields are called. */
  public FieldNames fields() {
    return new FieldNames(
        events.idField,
        events.keyField,
        events.timestampField,
        events.featuresField,
        events.labelField);
  }

  private DecoderOptions decoding() {
    final Map<String, Feature.Kind> declared = new HashMap<>();
    schema.numeric.forEach(name -> declared.put(name, Feature.Kind.NUMERIC));
    schema.nominal.forEach(name -> declared.put(name, Feature.Kind.NOMINAL));
    return DecoderOptions.DEFAULT
        .withFields(fields())
        .withDeclared(declared)
        .withExternal(external())
        .withLimits(limits.recordBytes, limits.features, limits.textLength);
  }

  /** Models outside whose predictions events bring, beside the dense layer's. */
  private List<String> external() {
    return ExternalPrediction.models(model.options.getOrDefault(EXTERNAL, ""));
  }

  /** Names of the features that external predictions are, of the classes that are declared. */
  public List<String> externalFeatures() {
    final List<String> names = new ArrayList<>();
    external()
        .forEach(of -> schema.classes.forEach(c -> names.add(ExternalPrediction.feature(of, c))));
    names.addAll(dense.voteFeatures(schema));
    return names;
  }

  /** What every model is; a preset that listens to models outside is told of the dense layer. */
  public LearnerSpec learner() {
    final Map<String, String> options = new HashMap<>(model.options);
    if (dense.voters() > 0
        && Presets.REGISTRY.has(model.preset)
        && Presets.REGISTRY.find(model.preset).options().stream()
            .anyMatch(option -> option.name().equals(EXTERNAL))) {
      options.merge(
          EXTERNAL,
          String.join(",", dense.models()),
          (given, own) -> given.isBlank() ? own : given + ',' + own);
    }
    return new LearnerSpec(model.preset, model.seed, options);
  }

  /** Opens the learner once, since only it knows what its options may be. */
  private void requireLearner() {
    try {
      Presets.open(learner(), new Schema(List.of(), List.of()));
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

  private void requireDifferentTopics() {
    final Set<String> topics = new HashSet<>();
    for (final String topic :
        List.of(
            kafka.eventsTopic,
            kafka.labelsTopic,
            kafka.predictionsTopic,
            kafka.metricsTopic,
            kafka.driftTopic,
            kafka.deadLettersTopic)) {
      if (!topics.add(topic)) {
        throw new ConfigException(
            "The configuration keys 'kafka.*-topic' use the topic '"
                + topic
                + "' twice: each needs its own.");
      }
    }
  }
}
