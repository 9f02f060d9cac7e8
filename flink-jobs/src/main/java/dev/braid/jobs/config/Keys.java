package dev.braid.jobs.config;

import static dev.braid.jobs.config.ValueType.bool;
import static dev.braid.jobs.config.ValueType.bytes;
import static dev.braid.jobs.config.ValueType.duration;
import static dev.braid.jobs.config.ValueType.integer;
import static dev.braid.jobs.config.ValueType.list;
import static dev.braid.jobs.config.ValueType.nonEmptyText;
import static dev.braid.jobs.config.ValueType.oneOf;
import static dev.braid.jobs.config.ValueType.text;
import static dev.braid.jobs.config.ValueType.wholeNumber;

import dev.braid.connectors.format.RecordFormats;
import dev.braid.drift.Detectors;
import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.router.Presets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The one table of everything that can be configured. The parser, the command line's options, the
 * help and the reference page are all made from it.
 */
final class Keys {
  private static final int MANY = 1_000_000_000;
  static final KeyTable TABLE = new KeyTable();

  /** Groups of keys that the operator that learns is told of. */
  private static final List<String> LEARNER_GROUPS =
      List.of("schema.", "model.", "drift.", "labels.", "state.", "limits.", "metrics.");

  // job
  static final ConfigKey<String> NAME =
      key(
          "job.name",
          nonEmptyText(),
          "braid",
          "--name",
          "Name of the job in Flink, and the prefix of its Kafka transactions: two jobs that write"
              + " to one Kafka cluster need two names.");
  static final ConfigKey<Integer> PARALLELISM =
      key(
          "job.parallelism",
          integer(0, 32_768),
          "0",
          "--parallelism",
          "Subtasks per operator; 0 takes what Flink is configured with. One model is served by one"
              + " subtask, many models are spread over all.");
  static final ConfigKey<Integer> SHARDS =
      key(
          "job.shards",
          integer(1, 720),
          "1",
          "--shards",
          "Pieces that the experts of each model are divided into; each is served by one subtask, so"
              + " that one model can use several slots. Changes no prediction. Fixed for the life of"
              + " a savepoint. Above 1 only for presets whose experts all learn every event.");
  static final ConfigKey<Integer> RESTART_ATTEMPTS =
      key(
          "job.restart-attempts",
          integer(0, MANY),
          "10000",
          null,
          "How often in a row the job restarts from its last checkpoint before it gives up; after 30"
              + " seconds without a failure the count begins anew.");
  static final ConfigKey<Duration> RESTART_DELAY =
      key(
          "job.restart-delay",
          duration("0 ms", "1 h"),
          "1 s",
          null,
          "Pause before the first restart; each one that follows soon waits longer.");
  static final ConfigKey<Duration> LONGEST_RESTART_DELAY =
      key(
          "job.longest-restart-delay",
          duration("1 ms", "1 h"),
          "10 s",
          null,
          "Longest pause before a restart.");
  static final ConfigKey<Duration> BUFFER_TIMEOUT =
      key(
          "job.buffer-timeout",
          duration("0 ms", "10 s"),
          "10 ms",
          null,
          "How long a record may wait for company on its way from one thread to the next, of which"
              + " an event takes two; with 0 ms none waits, which costs more CPU time.");

  // kafka
  static final ConfigKey<String> BOOTSTRAP_SERVERS =
      key(
          "kafka.bootstrap-servers",
          nonEmptyText(),
          "localhost:9092",
          "--bootstrap-servers",
          "Brokers to connect to first, host:port, separated by commas.");
  static final ConfigKey<String> GROUP =
      key("kafka.group", nonEmptyText(), "braid", "--group", "Consumer group.");
  static final ConfigKey<JobConfig.Start> START =
      key(
          "kafka.start",
          oneOf(JobConfig.Start.class),
          "committed",
          null,
          "Where to begin without a checkpoint: at the group's committed offsets (at the earliest"
              + " record where there are none), at the earliest record, or behind the latest.");
  static final ConfigKey<Boolean> BOUNDED =
      key(
          "kafka.bounded",
          bool(),
          "false",
          null,
          "Whether the job ends when it has read what the topics held when it started.");
  static final ConfigKey<String> EVENTS_TOPIC =
      key("kafka.events-topic", nonEmptyText(), "events", "--events-topic", "Topic of events.");
  static final ConfigKey<String> LABELS_TOPIC =
      key(
          "kafka.labels-topic",
          text(),
          "",
          "--labels-topic",
          "Topic of labels that come after their events; empty where all labels come with them.");
  static final ConfigKey<String> PREDICTIONS_TOPIC =
      key(
          "kafka.predictions-topic",
          nonEmptyText(),
          "predictions",
          "--predictions-topic",
          "Topic predictions are written to.");
  static final ConfigKey<String> METRICS_TOPIC =
      key(
          "kafka.metrics-topic",
          nonEmptyText(),
          "metrics",
          null,
          "Topic metrics records are written to.");
  static final ConfigKey<String> DRIFT_TOPIC =
      key(
          "kafka.drift-topic",
          nonEmptyText(),
          "drift",
          null,
          "Topic drift alarms and changes of the expert pool are written to.");
  static final ConfigKey<String> DEAD_LETTERS_TOPIC =
      key(
          "kafka.dead-letters-topic",
          nonEmptyText(),
          "dead-letters",
          null,
          "Topic of records that could not be used, each with its reason.");
  static final ConfigKey<String> MODELS_TOPIC =
      key(
          "kafka.models-topic",
          text(),
          "",
          "--models-topic",
          "Topic the models are published to at each checkpoint, for `./braid serve`; empty for none."
              + " It has one partition and is compacted.");
  static final ConfigKey<JobConfig.Delivery> DELIVERY =
      key(
          "kafka.delivery",
          oneOf(JobConfig.Delivery.class),
          "exactly-once",
          null,
          "Exactly-once output becomes visible to read_committed consumers with each checkpoint;"
              + " at-least-once output is visible at once and may hold duplicates after a failure.");
  static final ConfigKey<Duration> TRANSACTION_TIMEOUT =
      key(
          "kafka.transaction-timeout",
          duration("1 s", "7 d"),
          "15 min",
          null,
          "How long the broker keeps an open transaction. What a checkpoint covers is lost if the job"
              + " is down for longer right then; more than 15 min needs as much in the broker's"
              + " transaction.max.timeout.ms.");
  static final ConfigPrefix KAFKA_PROPERTIES =
      prefix(
          "kafka.properties.",
          "Any property of Kafka's clients, for instance"
              + " `kafka.properties.security.protocol: SASL_SSL`.");

  // events
  static final ConfigKey<String> FORMAT =
      key(
          "events.format",
          oneOf(RecordFormats.registry().names()),
          "json",
          "--format",
          "Format of events, see the formats below.");
  static final ConfigPrefix FORMAT_OPTIONS =
      prefix("events.options.", "An option of the events' format, see the formats below.");
  static final ConfigKey<String> ID_FIELD =
      key("events.id-field", nonEmptyText(), "id", null, "Field with the event's unique id.");
  static final ConfigKey<Boolean> DERIVE_ID =
      key(
          "events.derive-id",
          bool(),
          "false",
          null,
          "Whether an event without an id gets `topic-partition-offset` as its id instead of going"
              + " to the dead letters.");
  static final ConfigKey<String> KEY_FIELD =
      key(
          "events.key-field",
          nonEmptyText(),
          "key",
          null,
          "Field that names the model the event belongs to; events without it share one model.");
  static final ConfigKey<String> TIMESTAMP_FIELD =
      key(
          "events.timestamp-field",
          nonEmptyText(),
          "ts",
          null,
          "Field with the time, a number or a date and time in ISO 8601; the record's Kafka timestamp"
              + " where it is absent or cannot be understood.");
  static final ConfigKey<String> FEATURES_FIELD =
      key(
          "events.features-field",
          nonEmptyText(),
          "features",
          null,
          "Field that holds the features, in formats that nest them.");
  static final ConfigKey<String> LABEL_FIELD =
      key(
          "events.label-field",
          nonEmptyText(),
          "label",
          null,
          "Field with the class; absent or null where it is not known yet.");

  // schema
  static final ConfigKey<String> TARGET =
      key(
          "schema.target",
          oneOf(List.of("nominal", "numeric")),
          "nominal",
          "--target",
          "What is predicted: one of some classes (nominal), or a number (numeric).");
  static final ConfigKey<List<String>> NUMERIC =
      key(
          "schema.numeric",
          list(),
          "",
          null,
          "Numeric features. Where neither this nor schema.nominal is given, a model takes its"
              + " features from its events, also new ones later: a feature is numeric if most of its"
              + " first values are numbers, as text or not. Where one is given, other features are"
              + " ignored and counted.");
  static final ConfigKey<List<String>> NOMINAL =
      key(
          "schema.nominal",
          list(),
          "",
          null,
          "Nominal features; their values are learned as they come.");
  static final ConfigKey<List<String>> CLASSES =
      key(
          "schema.classes",
          list(),
          "",
          null,
          "Classes known at the start, in order; further ones are learned as they come.");

  // model
  static final ConfigKey<String> PRESET =
      key(
          "model.preset",
          oneOf(Presets.names()),
          "braid",
          "--preset",
          "The learner, by the name of its preset.");
  static final ConfigKey<Long> SEED =
      key(
          "model.seed",
          wholeNumber(),
          "1",
          "--seed",
          "Seed of everything random in a model: the same seed and events give the same"
              + " predictions, bit for bit.");
  static final ConfigKey<String> INTERVAL =
      key(
          "model.interval",
          nonEmptyText(),
          "0.9",
          null,
          "Where a number is predicted: the share of events whose number is to lie within the"
              + " interval that every prediction brings, 0.5 to 0.999.");
  static final ConfigKey<List<String>> QUANTILES =
      key(
          "model.quantiles",
          list(),
          "",
          null,
          "Where a number is predicted: levels of quantiles that every prediction brings too, each"
              + " between 0 and 1.");
  static final ConfigPrefix MODEL_OPTIONS =
      prefix("model.options.", "An option of the preset, see the presets below.");

  // drift
  static final ConfigKey<String> DETECTOR =
      key(
          "drift.detector",
          nonEmptyText(),
          "adwin",
          "--detector",
          "What raises an alarm where a model's predictions become worse or better:"
              + " "
              + String.join(", ", Detectors.REGISTRY.names())
              + ", with options as in `ddm(warm-up=50,level=2.5)`, all in docs/drift.md. A job that"
              + " resumes may change it; its models then begin with a fresh one.");

  // labels
  static final ConfigKey<String> LABEL_FORMAT =
      key(
          "labels.format",
          oneOf(Stream.concat(Stream.of(""), RecordFormats.registry().names().stream()).toList()),
          "",
          null,
          "Format of late labels; empty where it is that of the events.");
  static final ConfigPrefix LABEL_OPTIONS =
      prefix(
          "labels.options.",
          "An option of the late labels' format, see the formats below; where that is the events'"
              + " format, options that are left out are as for the events.");
  static final ConfigKey<Duration> MAX_WAIT =
      key(
          "labels.max-wait",
          duration("1 ms", "3650 d"),
          "1 h",
          null,
          "How long an event without a label waits for it, in the clock time of the job, which"
              + " stands still while the job is down; then it expires, counted in the metrics. A"
              + " label waits as long for its event, and then goes to the dead letters; so do labels"
              + " that wait when a bounded job ends.");
  static final ConfigKey<Integer> PREDICTION_BYTES =
      key(
          "labels.prediction-bytes",
          integer(0, 1 << 20),
          "16384",
          null,
          "Most bytes kept, with an event that waits for its label, of what each expert predicted"
              + " (8 per expert and class), so that the experts are weighed by what they predicted then."
              + " An event that would need more keeps none of it, and a preset that wants it asks its"
              + " experts anew when the label comes; 0 keeps it of no event.");

  // predictions
  static final ConfigKey<String> PREDICTION_FORMAT =
      key(
          "predictions.format",
          oneOf(List.of("json", "avro")),
          "json",
          null,
          "Format of predictions; what else Braid writes is always JSON.");
  static final ConfigPrefix PREDICTION_OPTIONS =
      prefix(
          "predictions.options.",
          "An option of the predictions' format, as `predictions.options.registry`.");

  // state
  static final ConfigKey<Long> WORKING_SET =
      key(
          "state.working-set",
          bytes("1 mb", "1024 gb"),
          "256 mb",
          null,
          "Heap bytes of models kept ready per subtask; the others rest in RocksDB. At least one"
              + " model is always kept, and the working sets of all slots never take more than half"
              + " of the task manager's heap.");
  static final ConfigKey<Long> PACK_BELOW =
      key(
          "state.pack-below",
          bytes("0 b", "16 mb"),
          "64 kb",
          null,
          "A model that takes no more bytes at rest lies in one entry of RocksDB and is written as a"
              + " whole whenever it changed; of a larger one only the chunks that changed are"
              + " written. A model that grows beyond moves over; 0 keeps all in chunks.");
  static final ConfigKey<Duration> DEDUPLICATE_FOR =
      key(
          "state.deduplicate-for",
          duration("0 ms", "3650 d"),
          "0 ms",
          null,
          "How long the id of an event is remembered, by the clock on the wall, which goes on while"
              + " the job is down: another event of the model with that id goes to the dead letters."
              + " 0 lets duplicates pass, but for an event that still waits for its label.");
  static final ConfigKey<Duration> EXPIRE_AFTER =
      key(
          "state.expire-after",
          duration("0 ms", "3650 d"),
          "0 ms",
          null,
          "How long a model may go without an event or a label, in the clock time of the job, before"
              + " it is dropped with all its parts; a later event of its key begins a new one. A"
              + " model for which events or labels wait stays. Models that are there when this is set"
              + " or changed have that long from then on. 0 keeps every model for ever.");

  // limits
  static final ConfigKey<Integer> RECORD_BYTES =
      key(
          "limits.record-bytes",
          integer(1, MANY),
          "1048576",
          null,
          "A longer record goes to the dead letters unread.");
  static final ConfigKey<Integer> FEATURES =
      key(
          "limits.features",
          integer(1, 10_000_000),
          "10000",
          null,
          "An event with more features goes to the dead letters; values of features that are new to a"
              + " model which knows as many are ignored and counted.");
  static final ConfigKey<Integer> TEXT_LENGTH =
      key(
          "limits.text-length",
          integer(1, MANY),
          "256",
          null,
          "A record with a longer id, key, label, feature name or nominal value, in characters, goes"
              + " to the dead letters.");
  static final ConfigKey<Integer> CLASS_LIMIT =
      key(
          "limits.classes",
          integer(1, 10_000_000),
          "1000",
          null,
          "Classes per model; an event with a label beyond goes to the dead letters.");
  static final ConfigKey<Integer> VALUES =
      key(
          "limits.nominal-values",
          integer(1, 10_000_000),
          "1000",
          null,
          "Values per nominal feature; one beyond is taken as missing and counted.");
  static final ConfigKey<Long> MODEL_BYTES =
      key(
          "limits.model-bytes",
          bytes("0 b", "1024 gb"),
          "0 b",
          null,
          "Heap bytes that one model may come to take by new features, nominal values and classes: an"
              + " event that would make it larger goes to the dead letters, and nothing grows. 0"
              + " takes a quarter of the task manager's heap, divided by its slots.");

  // checkpoints
  static final ConfigKey<Duration> CHECKPOINT_INTERVAL =
      key(
          "checkpoints.interval",
          duration("10 ms", "1 d"),
          "10 s",
          "--checkpoint-interval",
          "Time between checkpoints; with exactly-once delivery predictions appear that late.");
  static final ConfigKey<Duration> CHECKPOINT_TIMEOUT =
      key(
          "checkpoints.timeout",
          duration("1 s", "1 d"),
          "10 min",
          null,
          "A checkpoint that takes longer is given up.");
  static final ConfigKey<String> CHECKPOINT_DIR =
      key(
          "checkpoints.dir",
          text(),
          "",
          "--checkpoint-dir",
          "Where checkpoints go, as a URI that all processes of the cluster reach; empty takes"
              + " Flink's execution.checkpointing.dir, and where that is empty too the job is"
              + " refused.");
  static final ConfigKey<Boolean> CHECKPOINT_RETAIN =
      key(
          "checkpoints.retain",
          bool(),
          "true",
          null,
          "Whether the last checkpoint stays when the job is cancelled.");

  // metrics
  static final ConfigKey<Integer> METRICS_EVERY =
      key(
          "metrics.every",
          integer(1, MANY),
          "1000",
          "--metrics-every",
          "Events of a model between two of its metrics records.");
  static final ConfigKey<Integer> IMPORTANCE_EVERY =
      key(
          "metrics.importance-every",
          integer(0, MANY),
          "20",
          null,
          "One labelled event in so many, on average, is predicted once more with another event's"
              + " value in one feature (twice more where the label came late), for the features'"
              + " importance in the metrics records; no prediction changes by it. 0 for none.");

  // dense
  static final ConfigKey<String> DENSE_LAYER =
      key(
          "dense.layer",
          text(),
          "",
          "--dense-layer",
          "A dense layer in front of the models, in the words of the dense layer below, for instance"
              + " `gate=top-k(2)/balance(0.01),expert=mlp(256)*8`; empty for no such layer. Its inputs"
              + " are the features of schema.numeric and schema.nominal, its classes those of"
              + " schema.classes; its predictions reach the models as features named"
              + " `@NAME:CLASS`.");
  static final ConfigKey<Integer> DENSE_NOMINAL =
      key(
          "dense.nominal-values",
          integer(0, 1024),
          "16",
          null,
          "Values of a nominal feature that have an input of the layer each, in the order in which"
              + " they appear; 0 leaves nominal features out.");
  static final ConfigKey<Boolean> DENSE_ACCEPT =
      key(
          "dense.accept-change",
          bool(),
          "false",
          null,
          "Whether models from a state that was written with other dense predictions, or with none,"
              + " may go on: they ignore predictions that are new, and take those that they lose for"
              + " uniform."
              + " Otherwise such a start is refused.");
  static final ConfigKey<Integer> DENSE_LAYERS =
      key(
          "dense.layers",
          integer(1, 720),
          "1",
          null,
          "Layers, each of which serves its share of the keys; the stage runs in no more subtasks"
              + " than that.");
  static final ConfigKey<Integer> DENSE_BATCH =
      key(
          "dense.batch",
          integer(1, 65_536),
          "256",
          null,
          "Labelled rows of a training step, and most events that wait to be computed together.");
  static final ConfigKey<Duration> DENSE_MAX_DELAY =
      key(
          "dense.max-delay",
          duration("1 ms", "1 h"),
          "20 ms",
          null,
          "Longest time an event waits for others before it is computed.");
  static final ConfigKey<DenseConfig.Predictions> DENSE_PREDICTIONS =
      key(
          "dense.predictions",
          oneOf(DenseConfig.Predictions.class),
          "layer",
          null,
          "Whose predictions the models are given: the layer's as a whole, or also those of each of"
              + " its experts.");
  static final ConfigKey<DenseOptions.BackendChoice> DENSE_BACKEND =
      key(
          "dense.backend",
          oneOf(DenseOptions.BackendChoice.class),
          "auto",
          null,
          "What computes; auto takes a CUDA device where there is one and it pays, else OpenBLAS"
              + " where it is on the class path, else plain Java.");
  static final ConfigKey<Boolean> DENSE_EXACT =
      key(
          "dense.exact",
          bool(),
          "true",
          null,
          "Whether OpenBLAS computes a row to the same bits however many are computed with it, so"
              + " that a job that recovers says the same to the last bit. Plain Java always does, a"
              + " device does not; false is up to a third faster.");
  static final ConfigKey<Precision> DENSE_PRECISION =
      key(
          "dense.precision",
          oneOf(Precision.class),
          "fp32",
          null,
          "Precision of the products on a CUDA device.");
  static final ConfigKey<Long> DENSE_DEVICE_MEMORY =
      key(
          "dense.device-memory",
          bytes("1 mb", "1024 gb"),
          "1024 gb",
          null,
          "Most device memory that a layer may take.");
  static final ConfigKey<Integer> DENSE_UNPACKED =
      key(
          "dense.unpacked",
          integer(0, 4096),
          "2",
          null,
          "Experts at rest that the CPU keeps unpacked, in 32 bits: those that the gate leans to. On"
              + " a device those are at hand that have a place there.");
  static final ConfigKey<Long> DENSE_EXPERT_MEMORY =
      key(
          "dense.expert-memory",
          bytes("0 b", "1024 gb"),
          "1024 gb",
          null,
          "Most memory of the host for the weights and moments of one layer's experts. Those that it"
              + " has no room for are in RocksDB alone and come back when the gate chooses them, or"
              + " before where it has chosen them lately; meant for gates that choose.");
  static final ConfigKey<String> DENSE_FORECAST =
      key(
          "dense.forecast",
          text(),
          "recent",
          null,
          "Which experts are held and read ahead where memory has no room for all; see the words of"
              + " the dense layer below.");
  static final ConfigKey<String> DENSE_RESOURCE =
      key(
          "dense.external-resource",
          text(),
          "gpu",
          null,
          "Name under which Flink's external resources hand out devices; where the cluster hands out"
              + " none, the first device that is found.");

  private Keys() {}

  /** Whether a key that is known is about learning alone. */
  static boolean isOfLearner(final String name) {
    return !name.equals(RECORD_BYTES.name())
        && !name.equals(LABEL_FORMAT.name())
        && !name.startsWith(LABEL_OPTIONS.start())
        && LEARNER_GROUPS.stream().anyMatch(name::startsWith);
  }

  /** The groups of keys about learning, for people. */
  static String namesOfLearner() {
    return LEARNER_GROUPS.stream().map(group -> group + "*").collect(Collectors.joining(", "));
  }

  private static <T> ConfigKey<T> key(
      final String name,
      final ValueType<T> type,
      final String fallback,
      final String option,
      final String description) {
    return TABLE.key(name, type, fallback, option, description);
  }

  private static ConfigPrefix prefix(final String start, final String description) {
    return TABLE.prefix(start, description);
  }
}
