package dev.braid.jobs.config;

import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.format.DecoderOptions;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.RecordDecoder;
import dev.braid.connectors.format.RecordEncoder;
import dev.braid.connectors.format.RecordFormats;
import dev.braid.data.Feature;
import dev.braid.router.Division;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
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
    Labels labels,
    Predictions predictions,
    LearnerConfig learner,
    Checkpoints checkpoints,
    DenseConfig dense)
    implements Serializable {
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

  /**
   * The job as Flink sees it; parallelism 0 stands for Flink's own default.
   *
   * @param shards pieces that the experts of each model are divided into
   */
  public record Job(
      String name,
      int parallelism,
      int restartAttempts,
      Duration restartDelay,
      Duration longestRestartDelay,
      Duration bufferTimeout,
      int shards)
      implements Serializable {}

  /**
   * Topics, and how Kafka is reached.
   *
   * @param labelsTopic empty where there is none
   * @param modelsTopic empty where there is none
   * @param recordBytes most bytes of a record that is read
   */
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
      String modelsTopic,
      Delivery delivery,
      Duration transactionTimeout,
      int recordBytes,
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
      implements Serializable {

    /** Names the options without their values, of which some are secrets. */
    @Override
    public String toString() {
      return "Events[format=" + format + ", options=" + new TreeSet<>(options.keySet()) + "]";
    }
  }

  /** How a late label is written; the same as an event where nothing else is said. */
  public record Labels(String format, Map<String, String> options) implements Serializable {

    /** Names the options without their values, of which some are secrets. */
    @Override
    public String toString() {
      return "Labels[format=" + format + ", options=" + new TreeSet<>(options.keySet()) + "]";
    }
  }

  /** How a prediction is written. */
  public record Predictions(String format, Map<String, String> options) implements Serializable {

    /** Names the options without their values, of which some are secrets. */
    @Override
    public String toString() {
      return "Predictions[format=" + format + ", options=" + new TreeSet<>(options.keySet()) + "]";
    }
  }

  /** Checkpoints; {@code dir} is empty where Flink's own configuration decides. */
  public record Checkpoints(Duration interval, Duration timeout, String dir, boolean retain)
      implements Serializable {}

  /** Every key that can be given, in the order of the reference page. */
  public static List<KeyDescription> keys() {
    return Keys.TABLE.keys().stream().map(ConfigKey::describe).toList();
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
    final DenseConfig dense = DenseConfig.of(s);
    final JobConfig config =
        new JobConfig(
            new Job(
                s.get(Keys.NAME),
                s.get(Keys.PARALLELISM),
                s.get(Keys.RESTART_ATTEMPTS),
                s.get(Keys.RESTART_DELAY),
                s.get(Keys.LONGEST_RESTART_DELAY),
                s.get(Keys.BUFFER_TIMEOUT),
                s.get(Keys.SHARDS)),
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
                s.get(Keys.MODELS_TOPIC),
                s.get(Keys.DELIVERY),
                s.get(Keys.TRANSACTION_TIMEOUT),
                s.get(Keys.RECORD_BYTES),
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
            labels(s),
            new Predictions(s.get(Keys.PREDICTION_FORMAT), s.under(Keys.PREDICTION_OPTIONS)),
            LearnerConfig.of(s, dense),
            new Checkpoints(
                s.get(Keys.CHECKPOINT_INTERVAL),
                s.get(Keys.CHECKPOINT_TIMEOUT),
                s.get(Keys.CHECKPOINT_DIR),
                s.get(Keys.CHECKPOINT_RETAIN)),
            dense);
    config.check();
    return config;
  }

  private void requireDivisible() {
    if (job.shards > 1) {
      try {
        Division.of(learner.spec(), learner.firstSchema().target(), job.shards);
      } catch (final IllegalArgumentException refused) {
        throw new ConfigException(
            "Configuration key '" + Keys.SHARDS.name() + "': " + refused.getMessage() + ".");
      }
      if (!kafka.modelsTopic.isEmpty()) {
        throw new ConfigException(
            "Configuration key '"
                + Keys.SHARDS.name()
                + "': models in shards are not published: set it to 1, or leave"
                + " kafka.models-topic empty.");
      }
    }
  }

  private void check() {
    requireDifferentTopics();
    KafkaRules.check(this);
    learner.check();
    requireDivisible();
    requireFormats();
  }

  private static Labels labels(final Settings s) {
    final String format = s.get(Keys.LABEL_FORMAT);
    final boolean same = format.isEmpty() || format.equals(s.get(Keys.FORMAT));
    final Map<String, String> options =
        new TreeMap<>(same ? s.under(Keys.FORMAT_OPTIONS) : Map.of());
    options.putAll(s.under(Keys.LABEL_OPTIONS));
    return new Labels(same ? s.get(Keys.FORMAT) : format, options);
  }

  /** Opens the formats once, since only they know what their options may be. */
  private void requireFormats() {
    requireFormat(Keys.FORMAT_OPTIONS, () -> eventDecoder());
    if (!kafka.labelsTopic.isEmpty()) {
      requireFormat(Keys.LABEL_OPTIONS, () -> labelDecoder());
    }
    requireFormat(Keys.PREDICTION_OPTIONS, () -> predictionEncoder(Integer.MAX_VALUE));
  }

  private static void requireFormat(final ConfigPrefix options, final Runnable opener) {
    try {
      opener.run();
    } catch (final IllegalArgumentException refused) {
      throw new ConfigException(
          "Configuration keys '" + options.start() + "*': " + refused.getMessage() + ".");
    }
  }

  /** Whether late labels may come among the events, as the events' format says. */
  public boolean eventsBringLabels() {
    return RecordFormats.bringLateLabels(events.format, events.options);
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

  /**
   * What writes the predictions.
   *
   * @param maxBytes a longer one goes out without its probabilities and experts
   */
  public RecordEncoder<PredictionRecord> predictionEncoder(final int maxBytes) {
    return RecordFormats.predictions(predictions.format, fields(), predictions.options, maxBytes);
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
    learner.schema().numeric().forEach(name -> declared.put(name, Feature.Kind.NUMERIC));
    learner.schema().nominal().forEach(name -> declared.put(name, Feature.Kind.NOMINAL));
    return DecoderOptions.DEFAULT
        .withFields(fields())
        .withDeclared(declared)
        .withExternal(learner.external())
        .withLimits(kafka.recordBytes, learner.limits().features(), learner.limits().textLength());
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
            kafka.deadLettersTopic,
            kafka.modelsTopic)) {
      if (!topic.isEmpty() && !topics.add(topic)) {
        throw new ConfigException(
            "The configuration keys 'kafka.*-topic' use the topic '"
                + topic
                + "' twice: each needs its own.");
      }
    }
  }
}
