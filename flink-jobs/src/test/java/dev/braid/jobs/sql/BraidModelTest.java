package dev.braid.jobs.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that predicts and does not learn, in SQL. */
@Timeout(120)
class BraidModelTest {
  private static final String PREDICT =
      "SELECT * FROM ML_PREDICT(TABLE events, MODEL m, DESCRIPTOR(a, b, c))";

  @RegisterExtension static final SqlCluster CLUSTER = new SqlCluster();

  @TempDir Path folder;
  private Path image;

  @BeforeEach
  void name() {
    image = folder.resolve("model.braid");
  }

  private static Learner trained(final int events, final boolean swapped) {
    final Learner learner =
        Presets.open(
            LearnerSpec.of("braid", 1),
            new Schema(
                List.of(
                    Feature.numeric("a"),
                    Feature.numeric("b"),
                    Feature.nominal("c", "v0", "v1", "v2", "v3")),
                swapped ? List.of("HIGH", "LOW") : List.of("high", "low")));
    for (int i = 0; i < events; i++) {
      learner.learn(x(learner, Session.row(i, 1, true)), Session.label(i).equals("high") ? 0 : 1);
    }
    return learner;
  }

  private static double[] x(final Learner learner, final Row row) {
    return new double[] {
      row.<Double>getFieldAs(2),
      row.<Double>getFieldAs(3),
      learner.schema().valueIndex(2, row.<String>getFieldAs(4))
    };
  }

  private void write(final byte[] bytes) throws Exception {
    final Path next = folder.resolve("next");
    Files.write(next, bytes);
    Files.move(next, image, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Session session(final int rows, final int perSecond, final String output) {
    final List<Row> all = new ArrayList<>();
    for (int i = 1_000; i < 1_000 + rows; i++) {
      all.add(Session.row(i, 1, true));
    }
    final Session session = new Session(CLUSTER, folder, Map.of()).table("events", all, perSecond);
    session.tables.executeSql(
        "CREATE TEMPORARY MODEL m INPUT (a DOUBLE, b DOUBLE, c STRING) OUTPUT ("
            + output
            + ") WITH ('provider' = 'braid', 'image' = '"
            + image.toUri()
            + "', 'reload' = '50 ms')");
    return session;
  }

  @Test
  void predictsWhatTheLearnerOfTheImagePredicts() throws Exception {
    final Learner learner = trained(600, false);
    write(LearnerImage.toBytes(learner));
    final List<Row> rows =
        session(
                200,
                0,
                "predicted STRING, probability DOUBLE, probabilities MAP<STRING, DOUBLE>,"
                    + " weights MAP<STRING, DOUBLE>")
            .all(PREDICT);
    assertEquals(200, rows.size());
    final Prediction prediction = new Prediction();
    for (final Row row : rows) {
      learner.predict(x(learner, row), prediction);
      final double[] p = prediction.probabilities();
      assertEquals(Map.of("high", p[0], "low", p[1]), row.getField("probabilities"));
      assertEquals(p[prediction.label()], row.getField("probability"));
      assertEquals(learner.schema().classes().get(prediction.label()), row.getField("predicted"));
      assertEquals(learner.members().size(), row.<Map<?, ?>>getFieldAs("weights").size());
    }
  }

  @Test
  void aModelOfNumbersSaysItsNumberWithTheInterval() throws Exception {
    final Learner learner =
        Presets.open(
            new LearnerSpec("braid", 1, Map.of("experts", "rls+mean")),
            Schema.ofQuantity(
                List.of(
                    Feature.numeric("a"),
                    Feature.numeric("b"),
                    Feature.nominal("c", "v0", "v1", "v2", "v3"))));
    for (int i = 0; i < 300; i++) {
      final double[] x = x(learner, Session.row(i, 1, true));
      learner.learn(x, x[0] - x[1]);
    }
    write(LearnerImage.toBytes(learner));
    final List<Row> rows =
        session(50, 0, "predicted_number DOUBLE, interval_lower DOUBLE, interval_upper DOUBLE")
            .all(PREDICT);
    assertEquals(50, rows.size());
    final Prediction prediction = new Prediction();
    for (final Row row : rows) {
      learner.predict(x(learner, row), prediction);
      assertEquals(prediction.number(), row.getField("predicted_number"));
      assertEquals(prediction.lower(), row.getField("interval_lower"));
      assertEquals(prediction.upper(), row.getField("interval_upper"));
    }
    assertTrue(refusal("predicted STRING").contains("has no output 'predicted'"));
  }

  @Test
  @SuppressWarnings("try") // Nothing interrupts a test.
  void takesANewImageWhileItRunsAndStaysWithTheOldWhereThatIsDamaged() throws Exception {
    write(LearnerImage.toBytes(trained(300, false)));
    final List<String> said = new ArrayList<>();
    try (CloseableIterator<Row> rows =
        session(100_000, 200, "predicted STRING").tables.executeSql(PREDICT).collect()) {
      while (said.size() < 50) {
        said.add(rows.next().getFieldAs("predicted"));
      }
      write(new byte[] {1, 2, 3});
      while (said.size() < 100) {
        said.add(rows.next().getFieldAs("predicted"));
      }
      assertTrue(
          said.stream().allMatch(name -> name.equals(name.toLowerCase(Locale.ROOT))),
          said.toString());
      write(LearnerImage.toBytes(trained(300, true)));
      String last = "";
      for (int i = 0;
          last.isEmpty() || (i < 4_000 && !last.equals(last.toUpperCase(Locale.ROOT)));
          i++) {
        last = rows.next().getFieldAs("predicted");
      }
      assertEquals(last.toUpperCase(Locale.ROOT), last);
    }
  }

  /** Flink lets them pass, and does not cast them. */
  @ParameterizedTest
  @ValueSource(strings = {"DECIMAL(10, 4)", "DECIMAL(30, 4)", "INT", "BIGINT", "FLOAT"})
  void aColumnOfAnotherTypeOfNumberIsTheNumberItHolds(final String type) throws Exception {
    final Learner learner = trained(600, false);
    write(LearnerImage.toBytes(learner));
    final List<Row> rows =
        session(50, 0, "probabilities MAP<STRING, DOUBLE>")
            .all(
                "SELECT * FROM ML_PREDICT((SELECT CAST(a * 4 AS "
                    + type
                    + ") AS a, CAST(b AS "
                    + type
                    + ") AS b, c FROM events), MODEL m, DESCRIPTOR(a, b, c))");
    assertEquals(50, rows.size());
    final Prediction prediction = new Prediction();
    for (final Row row : rows) {
      learner.predict(
          new double[] {
            row.<Number>getFieldAs("a").doubleValue(),
            row.<Number>getFieldAs("b").doubleValue(),
            learner.schema().valueIndex(2, row.<String>getFieldAs("c"))
          },
          prediction);
      final double[] p = prediction.probabilities();
      assertEquals(Map.of("high", p[0], "low", p[1]), row.getField("probabilities"));
    }
  }

  private String refusal(final String output) {
    Throwable cause = assertThrows(Exception.class, () -> session(10, 0, output).all(PREDICT));
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage();
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    assertTrue(refusal("predicted STRING").contains("model.braid"));
    write(LearnerImage.toBytes(trained(10, false)));
    assertTrue(refusal("score STRING").contains("Output column 'score"));
  }
}
