package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.jobs.cli.BraidCommandLine;
import dev.braid.jobs.config.JobConfig;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.router.Prediction;
import java.io.DataOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code ./braid inspect} on savepoints and a retained checkpoint of real jobs over RocksDB. */
@Timeout(300)
class InspectTest {
  private static final String KEPT = KeptSavepoint.folder().resolve("braid").toString();

  private static final ObjectMapper JSON = new ObjectMapper();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  private int inspect(final String savepoint, final String... arguments) {
    final CommandLine line = BraidCommandLine.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    final List<String> all = new ArrayList<>(List.of("inspect", "--savepoint", savepoint));
    all.addAll(List.of("--out", folder.toString()));
    all.addAll(List.of(arguments));
    return line.execute(all.toArray(String[]::new));
  }

  private JsonNode json(final String savepoint, final String... arguments) throws Exception {
    final List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    assertEquals(0, inspect(savepoint, all.toArray(String[]::new)), err.toString());
    return JSON.readTree(out.toString());
  }

  @Test
  void savepointShowsEachModelWithItsExperts() throws Exception {
    final JsonNode shown = json(KEPT);
    assertEquals(KeptSavepoint.KEYS, shown.at("/totals/models").asInt());
    assertEquals(KeptSavepoint.EVENTS, shown.at("/totals/events").asInt());
    assertEquals(20, shown.at("/totals/pendingEvents").asInt());
    assertEquals("braid", shown.at("/presets/0/preset").asText());
    final JsonNode model = shown.at("/models/0");
    assertEquals(1, model.get("seed").asInt());
    assertEquals(80, model.get("events").asInt());
    assertEquals("[\"a\",\"b\",\"c\"]", model.get("features").toString());
    assertEquals(2, model.get("classes").size());
    // Seven experts' predictions on two classes, the gate's hidden units, one logit per class.
    assertEquals("[14,4,2]", model.get("router").toString());
    assertEquals("adaptive-tree", model.at("/experts/0/kind").asText());
    assertTrue(model.get("recentAccuracy").asDouble() > 0.5);
    long parts = model.get("routerBytes").asLong();
    for (final JsonNode expert : model.get("experts")) {
      parts += expert.get("bytes").asLong();
    }
    assertTrue(parts > 0 && parts < model.get("bytes").asLong());
    assertTrue(
        shown.at("/models/1/bytes").asLong() <= model.get("bytes").asLong(), "largest first");
  }

  @Test
  void textBeginsWithTheTotals() {
    assertEquals(0, inspect(KEPT, "--top", "1"), err.toString());
    final List<String> lines = out.toString().lines().toList();
    assertEquals("models          5", lines.get(0));
    assertTrue(lines.contains("preset braid: 5 models, " + bytes(lines) + " bytes"), "" + lines);
    assertEquals(1, lines.stream().filter(line -> line.startsWith("model '")).count());
    assertTrue(out.toString().contains("\n  router    14-4-2, "), out.toString());
  }

  private static String bytes(final List<String> lines) {
    return lines.get(1).replaceFirst("bytes +([0-9,]+) in .*", "$1");
  }

  @Test
  void aModelOfNumbersShowsItsErrorsAndItsCoverage() throws Exception {
    final String numbers = KeptSavepoint.folder().resolve(KeptSavepoint.NUMBERS).toString();
    final JsonNode model = json(numbers).at("/models/0");
    assertEquals(80, model.get("events").asInt());
    assertEquals(0, model.get("classes").size());
    assertEquals(5, model.get("experts").size());
    final JsonNode scores = model.get("numbers");
    assertTrue(scores.get("mae").asDouble() > 0 && scores.get("mae").asDouble() < 4, "" + scores);
    assertTrue(scores.get("rmse").asDouble() >= scores.get("mae").asDouble(), "" + scores);
    assertTrue(scores.get("coverage").asDouble() > 0.5, "" + scores);
    out.getBuffer().setLength(0);
    assertEquals(0, inspect(numbers, "--top", "1"), err.toString());
    assertTrue(
        out.toString().matches("(?s).*\n  errors    MAE [0-9.]+, RMSE [0-9.]+, R2 .* within .*"),
        out.toString());
    assertFalse(out.toString().contains("accuracy"), out.toString());
  }

  @Test
  void oneModelCanBeAskedFor() throws Exception {
    final JsonNode shown = json(KEPT, "--model", "k3");
    assertEquals(1, shown.get("models").size());
    assertEquals("k3", shown.at("/models/0/key").asText());
  }

  @Test
  void aModelThatIsNotThereIsRefused() {
    assertEquals(2, inspect(KEPT, "--model", "k9"));
    assertTrue(err.toString().contains("holds no model 'k9'"), err.toString());
  }

  @Test
  void retainedCheckpointIsRead() throws Exception {
    final String checkpoint;
    try (Rig rig = Rig.start(folder)) {
      final JobConfig config = rig.config("inspected", "inspected-events");
      final JobClient job = rig.run(config, null);
      for (int i = 0; i < 1_000; i++) {
        rig.send("inspected-events", Rows.event(i, "k" + i % 3));
      }
      rig.flush();
      rig.await("inspected-predictions", 1_000);
      job.cancel().get();
      checkpoint = newestCheckpoint(folder.resolve("checkpoints")).toString();
    }
    final JsonNode shown = json(checkpoint);
    assertEquals(3, shown.at("/totals/models").asInt());
    assertEquals(1_000, shown.at("/totals/events").asInt());
    assertEquals("hoeffding-tree", shown.at("/models/0/experts/0/kind").asText());
    assertTrue(
        shown.get("models").findValues("splits").stream().anyMatch(splits -> splits.asInt() > 0));
  }

  /** These have networks only: a gate with its experts, a selector with one network per task. */
  @Test
  void presetsOfNetworksShowTheirRouterAndExpertsToo() throws Exception {
    try (Rig rig = Rig.start(folder)) {
      for (final String preset : List.of("neural", "tame")) {
        final JobConfig config =
            rig.configWithoutLearner(preset, preset + "-events", "model.preset", preset);
        final JobClient job = rig.run(config, null);
        for (int i = 0; i < 100; i++) {
          rig.send(preset + "-events", Rows.event(i, "k"));
        }
        rig.flush();
        rig.await(preset + "-predictions", 100);
        out.getBuffer().setLength(0);
        final JsonNode model = json(Path.of(URI.create(rig.stop(job))).toString()).at("/models/0");
        assertEquals(preset, model.get("preset").asText());
        assertTrue(model.get("router").size() >= 2, () -> "router of " + model);
        assertTrue(model.get("experts").size() >= 1, () -> "experts of " + model);
        for (final JsonNode expert : model.get("experts")) {
          assertTrue(expert.get("bytes").asLong() > 0, () -> "bytes of " + expert);
          assertFalse(expert.get("kind").asText().isEmpty(), () -> "kind of " + expert);
        }
      }
    }
  }

  /**
   * What the job says next of each model, {@code ML_PREDICT} says of the image, to the last bit.
   */
  @Test
  @SuppressWarnings("try") // Nothing interrupts a test.
  void aModelsImagePredictsInSqlWhatTheJobSaysNext() throws Exception {
    final Map<String, String> job = new TreeMap<>();
    final Map<String, String> sql = new TreeMap<>();
    try (Rig rig = Rig.start(folder)) {
      final JobConfig config = KeptSavepoint.config(rig, "braid");
      KeptSavepoint.send(rig, config);
      final List<String> events = new ArrayList<>();
      for (int i = 0; i < KeptSavepoint.KEYS; i++) {
        events.add(KeptSavepoint.event(config, KeptSavepoint.EVENTS + i));
        rig.send(config.kafka().eventsTopic(), events.get(i));
      }
      rig.flush();
      final JobClient running = rig.run(config, KEPT);
      rig.await(config.kafka().predictionsTopic(), events.size());
      running.cancel().get();
      for (final String record : rig.read(config.kafka().predictionsTopic())) {
        final JsonNode said = JSON.readTree(record);
        job.put(
            said.get("key").asText(),
            said.get("predicted").asText() + map(said.get("probabilities")));
      }
      for (final String event : events) {
        final JsonNode read = JSON.readTree(event);
        final String key = read.get("key").asText();
        final Path image = folder.resolve("images").resolve(key + ".braid");
        assertEquals(0, inspect(KEPT, "--model", key, "--image", image.toString()), "" + err);
        final JsonNode features = read.get("features");
        final StreamTableEnvironment tables = StreamTableEnvironment.create(rig.environment());
        tables.executeSql(
            "CREATE TEMPORARY MODEL m INPUT (a DOUBLE, b DOUBLE, c STRING)"
                + " OUTPUT (predicted STRING, probabilities MAP<STRING, DOUBLE>)"
                + " WITH ('provider' = 'braid', 'image' = '"
                + image.toUri()
                + "')");
        tables.executeSql(
            "CREATE TEMPORARY VIEW e AS SELECT CAST('%s' AS DOUBLE) AS a, CAST('%s' AS DOUBLE) AS b, '%s' AS c"
                .formatted(
                    features.get("a").asText(),
                    features.get("b").asText(),
                    features.get("c").asText()));
        try (CloseableIterator<Row> rows =
            tables
                .executeSql("SELECT * FROM ML_PREDICT(TABLE e, MODEL m, DESCRIPTOR(a, b, c))")
                .collect()) {
          final Row row = rows.next();
          sql.put(
              key,
              row.getField("predicted")
                  + ""
                  + new TreeMap<>(row.<Map<String, Double>>getFieldAs("probabilities")));
        }
      }
    }
    assertEquals(KeptSavepoint.KEYS, job.size());
    assertEquals(job, sql);
  }

  private static Map<String, Double> map(final JsonNode node) {
    final Map<String, Double> map = new TreeMap<>();
    node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asDouble()));
    return map;
  }

  @Test
  void anImageIsOfOneModelAndGoesWhereItCan() throws Exception {
    assertEquals(2, inspect(KEPT, "--image", folder.resolve("m.braid").toString()));
    assertTrue(err.toString().contains("--model KEY says which"), err.toString());
    Files.createFile(folder.resolve("file"));
    final Path below = folder.resolve("file").resolve("m.braid");
    assertEquals(2, inspect(KEPT, "--model", "k3", "--image", below.toString()));
    assertTrue(err.toString().contains("m.braid' cannot be written"), err.toString());
  }

  /** What shards hold is shown as if one operator held it, but for bytes of their tables. */
  @Test
  void modelsInShardsAreShownAsWholeOnesAre() throws Exception {
    final JsonNode whole;
    final JsonNode divided;
    try (Rig rig = Rig.start(folder)) {
      whole = inspected(rig, 1);
      divided = inspected(rig, 3);
    }
    for (final String total : List.of("models", "events", "labelled", "pendingEvents")) {
      assertEquals(whole.at("/totals/" + total), divided.at("/totals/" + total), total);
    }
    assertEquals(300, divided.at("/totals/labelled").asInt());
    assertTrue(divided.at("/totals/bytes").asLong() > whole.at("/totals/bytes").asLong());
    final ObjectNode one = (ObjectNode) whole.at("/models/0");
    final ObjectNode other = (ObjectNode) divided.at("/models/0");
    assertEquals(0, one.get("shards").asInt());
    assertEquals(3, other.get("shards").asInt());
    final List<String> differ = List.of("shards", "bytes", "heapBytes", "entries", "lastUsed");
    assertEquals(one.remove(differ), other.remove(differ));
    assertTrue(other.at("/experts/0/bytes").asLong() > 0, other.toString());
    assertPredictAlike(
        LearnerImage.fromBytes(Files.readAllBytes(folder.resolve("in-1.braid"))),
        LearnerImage.fromBytes(Files.readAllBytes(folder.resolve("in-3.braid"))));
  }

  private static void assertPredictAlike(final Learner one, final Learner other) {
    final Prediction expected = new Prediction();
    final Prediction said = new Prediction();
    final SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 50; i++) {
      final double[] x = {random.nextDouble(), random.nextDouble(), random.nextInt(4)};
      one.testThenTrain(x, i % 2, expected);
      other.testThenTrain(x, i % 2, said);
      assertArrayEquals(expected.probabilities(), said.probabilities());
      assertArrayEquals(expected.memberPredictions(), said.memberPredictions());
    }
  }

  private JsonNode inspected(final Rig rig, final int shards) throws Exception {
    final String name = "in-" + shards;
    final JobConfig config =
        rig.configWithoutLearner(
            name,
            name + "-events",
            "model.options.experts",
            "adaptive-tree(subspace=leaf,split-confidence=0.01)*3+naive-bayes+last-label",
            "job.shards",
            Integer.toString(shards));
    final JobClient job = rig.run(config, null);
    for (int i = 0; i < 600; i++) {
      rig.send(name + "-events", Rows.event(i, "k" + i % 2));
    }
    rig.flush();
    rig.await(name + "-predictions", 600);
    out.getBuffer().setLength(0);
    final String image = folder.resolve(name + ".braid").toString();
    return json(Path.of(URI.create(rig.stop(job))).toString(), "--model", "k1", "--image", image);
  }

  private static Path newestCheckpoint(final Path root) throws Exception {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.getFileName().toString().equals("_metadata"))
          .map(Path::getParent)
          .max((a, b) -> Integer.compare(number(a), number(b)))
          .orElseThrow();
    }
  }

  private static int number(final Path checkpoint) {
    return Integer.parseInt(checkpoint.getFileName().toString().substring("chk-".length()));
  }

  @Test
  void aFolderThatIsNoSavepointIsRefused() {
    assertEquals(2, inspect(folder.toString()));
    assertTrue(err.toString().contains("is not a savepoint: it has no file _metadata"));
    assertEquals(1, err.toString().lines().count());
  }

  @Test
  void aFolderOfSavepointsNamesTheOneThatMayBeMeant() {
    assertEquals(2, inspect(KeptSavepoint.folder().toString()));
    assertTrue(err.toString().contains("did you mean"), err.toString());
  }

  /** Bytes changed and files cut at many places: read, or refused in one sentence. */
  @Test
  void damagedSavepointsAreReadOrRefusedInOneSentence() throws Exception {
    final SplittableRandom random = new SplittableRandom(1);
    final Path savepoint = Path.of(KEPT);
    final int damages = Boolean.getBoolean("braid.long") ? 500 : 25;
    int refused = 0;
    for (int damage = 0; damage < damages; damage++) {
      final Path copy = folder.resolve("damaged-" + damage);
      Files.createDirectories(copy);
      try (Stream<Path> files = Files.list(savepoint)) {
        for (final Path file : files.sorted().toList()) {
          final byte[] bytes = Files.readAllBytes(file);
          final boolean metadata = file.endsWith("_metadata");
          if (metadata == (damage % 5 == 0)) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
          }
          final int length =
              !metadata && damage % 5 == 1 ? random.nextInt(bytes.length) : bytes.length;
          Files.write(copy.resolve(file.getFileName()), Arrays.copyOf(bytes, length));
        }
      }
      err.getBuffer().setLength(0);
      final int code = inspect(copy.toString());
      final String said = "damage " + damage + ": " + err;
      assertEquals(code == 0 ? 0 : 1, err.toString().lines().count(), said);
      assertTrue(code == 0 || err.toString().startsWith("braid: "), said);
      refused += code == 0 ? 0 : 1;
    }
    assertTrue(refused > damages / 4, refused + " of " + damages + " were refused");
  }

  @Test
  void aSavepointWithoutOneOfItsFilesSaysWhatToDo() throws Exception {
    final Path savepoint = Path.of(KEPT);
    Files.copy(savepoint.resolve("_metadata"), folder.resolve("_metadata"));
    assertEquals(1, inspect(folder.toString()));
    assertTrue(
        err.toString()
            .contains(
                "The savepoint '"
                    + folder
                    + "' cannot be read: a file of it is missing or damaged"),
        err.toString());
    assertEquals(1, err.toString().lines().count());
  }

  @Test
  void damagedMetadataIsAFailure() throws Exception {
    Files.write(folder.resolve("_metadata"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    assertEquals(1, inspect(folder.toString()));
    assertTrue(err.toString().contains("cannot be read: it is damaged, or a newer Flink"));
  }

  @Test
  void aSavepointWithoutBraidsModelsIsRefused() throws Exception {
    try (DataOutputStream metadata =
        new DataOutputStream(Files.newOutputStream(folder.resolve("_metadata")))) {
      Checkpoints.storeCheckpointMetadata(
          new CheckpointMetadata(1, List.of(), List.of()), metadata);
    }
    assertEquals(2, inspect(folder.toString()));
    assertTrue(
        err.toString().contains("none of its operators has the uid 'learner' or 'sequencer'"),
        err.toString());
  }

  @Test
  void damagedModelsAreCountedAndTheFirstIsNamedWithTheReason() throws Exception {
    // A byte of each session's image, where the savepoint keeps them.
    try (Stream<Path> files = Files.list(Path.of(KEPT))) {
      for (final Path file : files.toList()) {
        final byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i + 4 < bytes.length; i++) {
          if (bytes[i] == 'S'
              && bytes[i + 1] == 'E'
              && bytes[i + 2] == 'S'
              && bytes[i + 3] == 'S') {
            bytes[i + 4] = 9;
          }
        }
        Files.write(folder.resolve(file.getFileName().toString()), bytes);
      }
    }
    assertEquals(1, inspect(folder.toString()));
    assertTrue(err.toString().startsWith("braid: 5 of the models cannot be read;"), err.toString());
    assertTrue(err.toString().contains("the image is damaged"), err.toString());
  }
}
