package dev.braid.jobs.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.drift.Detectors;
import dev.braid.router.Presets;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobConfigTest {
  @TempDir Path folder;

  @Test
  void everyDefaultIsAllowed() {
    assertEquals("braid", JobConfig.defaults().learner().model().preset());
    assertEquals(Duration.ofSeconds(10), JobConfig.defaults().checkpoints().interval());
    assertEquals(256L << 20, JobConfig.defaults().learner().state().workingSet());
  }

  @Test
  void aDetectorThatThereIsNotOrAnOptionOutOfRangeIsRefused() {
    assertEquals(
        "Configuration key 'drift.detector': there is no detector 'adwim'; there are "
            + String.join(", ", Detectors.REGISTRY.names())
            + ".",
        refusal(Map.of("drift.detector", "adwim")));
    assertEquals(
        "Configuration key 'drift.detector': option 'level' of detector 'ddm' is '11'; it must be a"
            + " number from 1.0 to 10.0.",
        refusal(Map.of("drift.detector", "ddm(level=11)")));
  }

  @Test
  void nestedGroupsAndDottedNamesMeanTheSame() throws Exception {
    final JobConfig nested =
        load("kafka:\n  events-topic: clicks\n  properties:\n    security.protocol: SSL\n");
    final JobConfig dotted =
        load("kafka.events-topic: clicks\nkafka.properties.security.protocol: SSL\n");
    assertEquals(nested, dotted);
    assertEquals("clicks", nested.kafka().eventsTopic());
    assertEquals(Map.of("security.protocol", "SSL"), nested.kafka().properties());
  }

  @Test
  void theCommandLineWinsOverTheFile() throws Exception {
    final JobConfig config =
        JobConfig.load(file("model: {preset: driftmoe-data, seed: 7}"), Map.of("model.seed", "8"));
    assertEquals(new LearnerConfig.Model("driftmoe-data", 8, Map.of()), config.learner().model());
  }

  @Test
  void aListMayBeWrittenInEitherForm() throws Exception {
    assertEquals(
        List.of("up", "down"), load("schema.classes: [up, down]").learner().schema().classes());
    assertEquals(
        List.of("up", "down"), load("schema.classes: up, down").learner().schema().classes());
  }

  @Test
  void wordsLikeYesAndNoStayClassNames() throws Exception {
    assertEquals(
        List.of("yes", "no"), load("schema.classes: [yes, no]").learner().schema().classes());
  }

  @Test
  void anEmptyFileIsTheDefault() throws Exception {
    assertEquals(JobConfig.defaults(), load("# nothing\n"));
  }

  @Test
  void anUnknownKeyIsNamedWithTheNearestOne() {
    assertEquals(
        "Configuration key 'model.prest' is not known: did you mean 'model.preset'?",
        refusal(Map.of("model.prest", "braid")));
    assertEquals(
        "Configuration key 'kafka.boot' is not known: did you mean 'kafka.bootstrap-servers'?",
        refusal(Map.of("kafka.boot", "broker:9092")));
    assertEquals(
        "Configuration key 'preset' is not known: did you mean 'model.preset'?",
        refusal(Map.of("preset", "braid")));
  }

  @Test
  void aBadValueIsNamedWithItsKeyAndWhatIsAllowed() {
    assertEquals(
        "Configuration key 'job.parallelism' cannot be 'many': it takes a whole number from 0 to"
            + " 32768.",
        refusal(Map.of("job.parallelism", "many")));
    assertEquals(
        "Configuration key 'kafka.start' cannot be 'Earliest': it takes committed, earliest,"
            + " latest.",
        refusal(Map.of("kafka.start", "Earliest")));
    assertEquals(
        "Configuration key 'kafka.transaction-timeout' cannot be '8 d': it takes a duration from"
            + " 1 s to 7 d.",
        refusal(Map.of("kafka.transaction-timeout", "8 d")));
    assertEquals(
        "Configuration key 'state.working-set' cannot be 'big': it takes a size from 1 mb to 1024"
            + " gb.",
        refusal(Map.of("state.working-set", "big")));
  }

  @Test
  void aTransactionMustOutlastACheckpoint() {
    assertEquals(
        "Configuration key 'kafka.transaction-timeout' must be longer than 'checkpoints.interval'"
            + " and 'checkpoints.timeout' together, which are 1200 s: a transaction stays open from"
            + " one checkpoint to the end of the next.",
        refusal(Map.of("checkpoints.interval", "10 min", "kafka.transaction-timeout", "15 min")));
    JobConfig.of(Map.of("checkpoints.interval", "10 min", "kafka.delivery", "at-least-once"));
  }

  @Test
  void aPropertyOfKafkaThatBraidSetsIsRefusedWithTheKeyThatDecides() {
    assertEquals(
        "Configuration key 'kafka.properties.transaction.timeout.ms' is Braid's own to set: use"
            + " 'kafka.transaction-timeout'.",
        refusal(Map.of("kafka.properties.transaction.timeout.ms", "1000")));
  }

  @Test
  void aKeyGivenTwiceInAFileIsRefused() {
    assertTrue(
        refusalOf("model:\n  seed: 1\n  seed: 2\n")
            .endsWith("' gives the key 'seed' twice at line 3."));
    assertTrue(
        refusalOf("kafka.group: a\nkafka.group: b\n")
            .endsWith("gives the key 'kafka.group' twice at line 2."));
    assertEquals(
        "Configuration key 'model.seed' is given twice.",
        refusalOf("model:\n  seed: 1\nmodel.seed: 2\n"));
  }

  @Test
  void aFileNestedWithoutEndIsRefusedInOneSentence() {
    assertTrue(refusalOf("[".repeat(100_000)).contains("is nested too deeply"));
    assertTrue(refusalOf("{a: ".repeat(100_000)).contains("is nested too deeply"));
    final StringBuilder block = new StringBuilder();
    for (int depth = 0; depth < 3_000; depth++) {
      block.append(" ".repeat(depth)).append("a:\n");
    }
    assertTrue(refusalOf(block.toString()).contains("is nested too deeply"));
  }

  @Test
  void anUnknownPresetIsNamedWithThoseThereAre() {
    assertEquals(
        "Configuration key 'model.preset' cannot be 'moe': it takes "
            + String.join(", ", Presets.names())
            + ".",
        refusal(Map.of("model.preset", "moe")));
  }

  @Test
  void anOptionThatThePresetDoesNotHaveIsRefused() {
    final String sentence = refusal(Map.of("model.options.colour", "red"));
    assertTrue(sentence.startsWith("Configuration keys 'model.options.*': "), sentence);
    assertTrue(sentence.contains("colour"), sentence);
  }

  @Test
  void csvWithoutColumnsIsRefused() {
    assertEquals(
        "Configuration keys 'events.options.*': option 'columns' must name the columns of the CSV"
            + " records, among them 'id'.",
        refusal(Map.of("events.format", "csv")));
  }

  @Test
  void aDenseLayerNeedsToKnowItsInputsAndClasses() {
    assertEquals(
        "Configuration key 'dense.layer' asks for a dense layer: name its inputs with"
            + " 'schema.numeric' or 'schema.nominal', and two or more classes with"
            + " 'schema.classes'.",
        refusal(Map.of("dense.layer", "expert=mlp*8", "schema.numeric", "a,b")));
    assertEquals(
        "Configuration keys 'dense.*': gate 'linear/top-k(5)' chooses 5 experts of only 3: have more,"
            + " or choose another gate.",
        refusal(
            Map.of(
                "dense.layer", "gate=top-k(5),expert=mlp*3",
                "schema.numeric", "a,b",
                "schema.classes", "x,y")));
  }

  @Test
  void aDeviceIsDemandedForALayerThatItComputes() {
    final String demand =
        "Configuration keys 'dense.*': no device computes the kind of expert 'lora(64,4,0,1)', but"
            + " MLPs of one size behind a linear score, as in"
            + " 'gate=linear/top-k(2)/balance,expert=mlp*8'.";
    assertEquals(
        demand,
        refusal(
            Map.of(
                "dense.layer", "gate=top-k(3)/balance,expert=lora*8",
                "dense.backend", "cuda",
                "schema.numeric", "a,b",
                "schema.classes", "x,y")));
    assertEquals(
        "Configuration key 'dense.backend' demands a device, and there is no layer for it, since"
            + " models, those of preset 'neural' too, compute in plain Java: name one with"
            + " 'dense.layer', as in 'gate=linear/top-k(2)/balance,expert=mlp*8'.",
        refusal(Map.of("dense.backend", "cuda", "model.preset", "neural")));
  }

  @Test
  void aDenseBatchThatNoArrayHoldsIsRefusedWithOneThatFits() {
    assertEquals(
        "Configuration key 'dense.batch' makes batches of 65536 rows that have 16388 numbers each,"
            + " which do not fit 2 GB: 32760 rows do.",
        refusal(
            Map.of(
                "dense.layer", "expert=mlp*4096",
                "schema.numeric", "a",
                "schema.classes", "w,x,y,z",
                "dense.predictions", "experts",
                "dense.batch", "65536")));
  }

  @Test
  void oneTopicForTwoPurposesIsRefused() {
    assertEquals(
        "The configuration keys 'kafka.*-topic' use the topic 'events' twice: each needs its own.",
        refusal(Map.of("kafka.predictions-topic", "events")));
  }

  @Test
  void aFeatureNamedTwiceIsRefused() {
    assertEquals(
        "Configuration key 'schema.nominal' names 'day' a second time.",
        refusal(Map.of("schema.numeric", "day", "schema.nominal", "day")));
  }

  @Test
  void brokenYamlIsRefusedWithTheLine() throws Exception {
    final Path broken = file("job:\n  name: [a\n");
    final String sentence =
        assertThrows(ConfigException.class, () -> JobConfig.load(broken, Map.of())).getMessage();
    assertEquals("The configuration file '" + broken + "' is not YAML at line ", head(sentence));
  }

  @Test
  void aMissingFileIsRefused() {
    final Path missing = folder.resolve("none.yaml");
    assertEquals(
        "The configuration file '" + missing + "' cannot be read: it must be a readable text file.",
        assertThrows(ConfigException.class, () -> JobConfig.load(missing, Map.of())).getMessage());
  }

  @Test
  void aConfigurationTravelsToTheWorkers() throws Exception {
    final JobConfig config = JobConfig.of(Map.of("model.seed", "6", "schema.classes", "a,b"));
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(config);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertEquals(config, in.readObject());
    }
  }

  private JobConfig load(final String yaml) throws Exception {
    return JobConfig.load(file(yaml), Map.of());
  }

  private Path file(final String yaml) throws Exception {
    return Files.writeString(folder.resolve("job.yaml"), yaml);
  }

  private static String head(final String sentence) {
    return sentence.substring(0, sentence.indexOf("line ") + "line ".length());
  }

  private String refusalOf(final String yaml) {
    return assertThrows(ConfigException.class, () -> load(yaml)).getMessage();
  }

  private static String refusal(final Map<String, String> values) {
    return assertThrows(ConfigException.class, () -> JobConfig.of(values)).getMessage();
  }
}
