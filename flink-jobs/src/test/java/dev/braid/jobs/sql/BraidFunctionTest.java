package dev.braid.jobs.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.api.BraidStream;
import dev.braid.jobs.config.LearnerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The SQL function over the real planner, a real cluster and RocksDB. */
@Timeout(120)
class BraidFunctionTest {
  private static final String OPTIONS = "model.preset = braid; model.seed = 7; metrics.every = 500";

  @TempDir Path folder;

  private Session session(final String... settings) {
    final Map<String, String> map = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      map.put(settings[i], settings[i + 1]);
    }
    return new Session(folder, map);
  }

  private static List<Row> rows(final int from, final int to, final int keys) {
    final List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(Session.row(i, keys, true));
    }
    return rows;
  }

  /** What the operator says of the same rows, through the DataStream entry. */
  @SuppressWarnings("try") // Nothing interrupts a test.
  private Map<String, String> ofStream(final List<Row> rows, final LearnerConfig config)
      throws Exception {
    final Session session = session();
    final BraidStream learned =
        BraidStream.learn(
            BraidStream.events(
                session.stream(rows, 0),
                (row, event) ->
                    event
                        .id(row.getFieldAs("id"))
                        .key(row.getFieldAs("k"))
                        .number("a", row.getFieldAs("a"))
                        .number("b", row.getFieldAs("b"))
                        .text("c", row.getFieldAs("c"))
                        .label(row.getFieldAs("cls"))),
            config);
    final List<PredictionRecord> records = new ArrayList<>();
    try (CloseableIterator<PredictionRecord> each = learned.predictions().executeAndCollect()) {
      each.forEachRemaining(records::add);
    }
    return Session.ofRecords(records);
  }

  @Test
  void saysWhatTheOperatorSaysToTheLastBit() throws Exception {
    final List<Row> rows = rows(0, 1_200, 3);
    final List<Row> out = session().table("events", rows, 0).all(Session.braid("events", OPTIONS));
    assertEquals(
        ofStream(rows, LearnerConfig.of(Map.of("model.preset", "braid", "model.seed", "7"))),
        Session.predictions(out));
    assertTrue(Session.accuracy(out) > 0.85, "" + Session.accuracy(out));
  }

  @Test
  void aLabelThatAnUpdateBringsIsLearned() throws Exception {
    final List<Row> changes = new ArrayList<>();
    for (int i = 0; i < 800; i++) {
      changes.add(Session.row(i, 1, false));
      if (i >= 50) {
        changes.add(Session.changed(RowKind.UPDATE_BEFORE, Session.row(i - 50, 1, false)));
        changes.add(Session.changed(RowKind.UPDATE_AFTER, Session.row(i - 50, 1, true)));
      }
    }
    final List<Row> out =
        session()
            .changes("events", changes, ChangelogMode.all())
            .all(Session.braid("events", OPTIONS));
    assertEquals(800, Session.count(out, "prediction"));
    assertEquals(0, Session.count(out, "dead-letter"));
    assertTrue(Session.accuracy(out) > 0.75, "" + Session.accuracy(out));
  }
}
