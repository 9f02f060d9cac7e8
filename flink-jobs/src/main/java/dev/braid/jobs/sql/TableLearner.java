package dev.braid.jobs.sql;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.jobs.operator.JournalState;
import dev.braid.jobs.operator.JournaledModels;
import java.util.function.Consumer;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.types.Row;

/** What the SQL function does with one row. */
final class TableLearner {
  /** Calls back at a time of the table. */
  @FunctionalInterface
  interface Timers {
    void set(String key, long time);
  }

  private static final String[] NO_TEXTS = {};

  private final InputColumns columns;
  private final JournaledModels models;
  private final OutputRows out;
  private final int highestText;
  private final ViewMap<Long> image = new ViewMap<>();
  private final ViewMap<Long> journal = new ViewMap<>();
  private final ViewMap<String> waiting = new ViewMap<>();
  private final ViewMap<Long> queue = new ViewMap<>();
  private final JournalState state = new JournalState(image, journal, waiting, queue);

  /**
   * @param out takes the function's rows
   */
  TableLearner(final InputColumns columns, final SqlOptions options, final Consumer<Row> out) {
    this.columns = columns;
    this.models = new JournaledModels(options.learner(), options.imageEvery());
    this.out = new OutputRows(out);
    this.highestText = options.learner().limits().textLength();
  }

  /** Names the state of the current key, for the next row. */
  void state(
      final MapView<Long, byte[]> image,
      final MapView<Long, byte[]> journal,
      final MapView<String, byte[]> waiting,
      final MapView<Long, byte[]> queue) {
    this.image.of(image);
    this.journal.of(journal);
    this.waiting.of(waiting);
    this.queue.of(queue);
  }

  /**
   * One row of the current key, with its kind.
   *
   * @param now milliseconds since the epoch
   * @param timers asked to call {@link #idle}
   */
  void row(final Row row, final long now, final Timers timers) throws Exception {
    final String id = columns.id(row);
    final String key = columns.key(row);
    final String label = columns.label(row);
    switch (row.getKind()) {
      case INSERT -> insert(row, key, id, label, now);
      case UPDATE_AFTER -> update(row, key, id, label, now);
      case DELETE -> {
        if (id != null) {
          models.onDelete(state, key, id, now, out);
        }
      }
      case UPDATE_BEFORE -> {} // What it was is known: it came before.
    }
    if (models.beganToExpire()) {
      timers.set(key, models.lookAgain(now));
    }
  }

  /**
   * Drops the model of the current key if it is idle.
   *
   * @param now milliseconds since the epoch
   * @param timers asked to call this again
   */
  void idle(final String key, final long now, final Timers timers) throws Exception {
    final long again = models.dropIfIdle(state, key, now, out);
    if (again >= 0) {
      timers.set(key, again);
    }
  }

  private void insert(
      final Row row, final String key, final String id, final String label, final long now)
      throws Exception {
    final String refusal = refusal(id, key, label, columns.texts(row));
    if (refusal != null) {
      deadLetter(row, id, refusal);
    } else if (label != null && !columns.hasFeatures(row)) {
      models.onLabel(state, label(id, key, now, label), now, true, out);
    } else {
      final Event event =
          new Event(
              id,
              key,
              now,
              columns.names(),
              columns.numbers(row),
              columns.texts(row),
              label,
              Origin.of(id));
      models.onEvent(state, event, now, true, out);
    }
  }

  private void update(
      final Row row, final String key, final String id, final String label, final long now)
      throws Exception {
    final String refusal =
        label == null
            ? "the update brings no label: its row was predicted when it was inserted, and is not"
                + " again"
            : refusal(id, key, label, NO_TEXTS);
    if (refusal != null) {
      deadLetter(row, id, refusal);
    } else {
      models.onLabel(state, label(id, key, now, label), now, false, out);
    }
  }

  /**
   * One row of a table of late labels, which may come before the row that it is of.
   *
   * @param from which of its columns is what
   * @param now milliseconds since the epoch
   */
  void label(final InputColumns from, final Row row, final long now) throws Exception {
    final String id = from.id(row);
    final String key = from.key(row);
    final String label = from.label(row);
    final String refusal =
        label == null ? "the row of a late label has none" : refusal(id, key, label, NO_TEXTS);
    if (refusal != null) {
      deadLetter(row, id, refusal);
    } else {
      models.onLabel(state, label(id, key, now, label), now, true, out);
    }
  }

  private void deadLetter(final Row row, final String id, final String reason) {
    out.deadLetter(new DeadLetter(Origin.of(id == null ? row.toString() : id), reason));
  }

  private static LabelRecord label(
      final String id, final String key, final long now, final String label) {
    return new LabelRecord(id, key, now, label, Origin.of(id));
  }

  /** Why a row cannot be used, whatever its model is; null if it can. */
  private String refusal(
      final String id, final String key, final String label, final String[] texts) {
    if (id == null || id.isEmpty()) {
      return "the row has no id";
    }
    int longest = Math.max(id.length(), key.length());
    longest = label == null ? longest : Math.max(longest, label.length());
    for (final String text : texts) {
      longest = text == null ? longest : Math.max(longest, text.length());
    }
    return longest <= highestText
        ? null
        : "a text has "
            + longest
            + " characters, at most "
            + highestText
            + " are allowed (limits.text-length)";
  }
}
