package dev.braid.jobs.operator;

import static dev.braid.jobs.operator.Fixtures.config;
import static dev.braid.jobs.operator.Fixtures.event;
import static dev.braid.jobs.operator.Fixtures.label;
import static dev.braid.jobs.operator.Fixtures.labelOf;
import static dev.braid.jobs.operator.Fixtures.withoutLabel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.config.LearnerConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import moa.classifiers.FailingClassifier;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

/** Models of images and journals are the models of the operator, to the last bit. */
class JournaledModelsTest {
  private static final long DAY = 86_400_000;

  /** The state of all keys, and what comes of it. */
  private static final class Table implements JournaledModels.Sink {
    private final Map<String, JournalState> states = new HashMap<>();
    private final List<String> predictions = new ArrayList<>();
    private final List<String> metrics = new ArrayList<>();
    private final List<String> drift = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private JournaledModels models;

    Table(final LearnerConfig config, final long imageEvery) {
      restart(config, imageEvery);
    }

    /** Nothing but the state goes on. */
    void restart(final LearnerConfig config, final long imageEvery) {
      models = new JournaledModels(config, imageEvery);
    }

    JournalState state(final String key) {
      return states.computeIfAbsent(
          key, k -> new JournalState(new Heap<>(), new Heap<>(), new Heap<>(), new Heap<>()));
    }

    void send(final Event event) throws Exception {
      models.onEvent(state(event.key()), event, 0, true, this);
    }

    void late(final Event event) throws Exception {
      models.onLabel(state(event.key()), labelOf(event), 0, true, this);
    }

    @Override
    public void prediction(final PredictionRecord record) {
      predictions.add(Workbench.exact(record));
    }

    @Override
    public void metrics(final MetricsRecord record) {
      metrics.add(said(record));
    }

    @Override
    public void drift(final DriftRecord record) {
      drift.add(record.toString());
    }

    @Override
    public void deadLetter(final DeadLetter record) {
      reasons.add(record.reason());
    }
  }

  private static final class Heap<K> implements ByteMap<K> {
    private final Map<K, byte[]> map = new HashMap<>();

    @Override
    public byte[] get(final K key) {
      return map.get(key);
    }

    @Override
    public void put(final K key, final byte[] value) {
      map.put(key, value);
    }

    @Override
    public void remove(final K key) {
      map.remove(key);
    }

    @Override
    public Iterable<Map.Entry<K, byte[]>> entries() {
      return List.copyOf(map.entrySet());
    }

    @Override
    public void clear() {
      map.clear();
    }
  }

  /** Work of so many events: some labels are late, one is early, a feature and a class are new. */
  private interface Work {
    void event(Event event) throws Exception;

    void label(Event event) throws Exception;
  }

  private static void work(final int events, final int keys, final Work on) throws Exception {
    for (int i = 0; i < events; i++) {
      final Event event = grown(i, keys);
      if (i % 50 == 7) {
        on.label(event);
      }
      on.event(i % 3 == 0 || i % 50 == 7 ? withoutLabel(event) : event);
      if (i >= 40 && (i - 40) % 3 == 0 && (i - 40) % 50 != 7) {
        on.label(grown(i - 40, keys));
      }
    }
  }

  /** Without what depends on the machine, and what the caller of one of them is not told. */
  private static String said(final MetricsRecord record) {
    return record.toString().replaceFirst(", learnerMicros=.*", "");
  }

  private static Event grown(final int i, final int keys) {
    final Event plain = event(i, "k" + i % keys);
    if (i < 200) {
      return plain;
    }
    return event(
        plain.id(),
        plain.key(),
        new String[] {"a", "b", "c", "new"},
        new double[] {plain.numbers()[0], plain.numbers()[1], Double.NaN, i % 7},
        new String[] {null, null, plain.texts()[2] + (i % 90 == 0 ? "+" : ""), null},
        i % 60 == 59 ? "third" : plain.label());
  }

  private static void compare(
      final LearnerConfig config,
      final int events,
      final int keys,
      final long imageEvery,
      final int restartEvery)
      throws Exception {
    final Table table = new Table(config, imageEvery);
    final int[] worked = new int[1];
    work(
        events,
        keys,
        new Work() {
          @Override
          public void event(final Event event) throws Exception {
            if (++worked[0] % restartEvery == 0) {
              table.restart(config, imageEvery);
            }
            table.send(event);
          }

          @Override
          public void label(final Event event) throws Exception {
            table.late(event);
          }
        });
    try (Workbench bench = new Workbench(config)) {
      work(
          events,
          keys,
          new Work() {
            @Override
            public void event(final Event event) throws Exception {
              bench.send(event);
            }

            @Override
            public void label(final Event event) throws Exception {
              bench.send(labelOf(event));
            }
          });
      assertEquals(bench.exactPredictions(), table.predictions);
      assertEquals(bench.metrics().stream().map(JournaledModelsTest::said).toList(), table.metrics);
      assertEquals(bench.drift().stream().map(Object::toString).toList(), table.drift);
      assertEquals(bench.reasons(), table.reasons);
    }
  }

  @Test
  void saysWhatTheOperatorSays() throws Exception {
    compare(config(), 600, 2, 250, Integer.MAX_VALUE);
  }

  @Test
  void saysTheSameHoweverOftenItBeginsAnewFromItsState() throws Exception {
    compare(config(), 80, 2, 1, 1);
    compare(config(), 240, 2, 37, 11);
    compare(config(), 400, 1, 1_000_000, 60);
  }

  @Test
  void theDefaultPresetGoesOnFromItsStateToo() throws Exception {
    compare(
        LearnerConfig.of(Map.of("model.preset", "braid", "metrics.every", "100")), 300, 1, 90, 50);
  }

  @Test
  void modelsThatDoNotFitTheCacheAreMadeOfTheirState() throws Exception {
    compare(Fixtures.tinyWorkingSet(config()), 400, 7, 40, Integer.MAX_VALUE);
  }

  @Test
  void aModelThatIsOftenMadeAnewGetsAnImage() throws Exception {
    final LearnerConfig tiny = Fixtures.tinyWorkingSet(config());
    final Table table = new Table(tiny, 100_000);
    for (int i = 0; i < 500; i++) {
      table.send(event(i, "k" + i % 2));
    }
    assertTrue(((Heap<Long>) table.state("k0").journal()).map.size() <= 101);
  }

  @Test
  void refusesALearnerThatItsStateIsNotOf() throws Exception {
    for (final long imageEvery : new long[] {5, 1_000}) {
      final Table table = new Table(config(), imageEvery);
      for (int i = 0; i < 12; i++) {
        table.send(event(i, "k"));
      }
      table.restart(config("model.seed", "8"), imageEvery);
      final String message =
          assertThrows(SuppressRestartsException.class, () -> table.send(event(12, "k")))
              .getCause()
              .getMessage();
      assertTrue(message.contains("seed"), message);
    }
  }

  @Test
  void aLabelStopsToWaitInTime() throws Exception {
    final LearnerConfig config = config("labels.max-wait", "1 d");
    final Table table = new Table(config, 3);
    final JournalState state = table.state("k");
    table.models.onLabel(state, label("early", "k", "low"), 0, true, table);
    table.models.onEvent(state, withoutLabel(event(1, "k")), 0, true, table);
    table.models.onEvent(state, event(2, "k"), DAY + 1, true, table);
    assertEquals(List.of("no event with id 'early' came within labels.max-wait"), table.reasons);
    table.models.onLabel(state, labelOf(event(1, "k")), DAY + 1, false, table);
    assertEquals("no event with id 'id1' waits for a label", table.reasons.get(1));
    assertEquals(0, ((Heap<String>) state.waiting()).map.size());
    assertEquals(0, ((Heap<Long>) state.queue()).map.size());
  }

  @Test
  void aModelThatIsIdleForLongIsDroppedWhetherItIsInMemoryOrNot() throws Exception {
    final LearnerConfig config = config("state.expire-after", "1 d");
    for (final boolean inMemory : new boolean[] {true, false}) {
      final Table table = new Table(config, 3);
      final JournalState state = table.state("k");
      table.models.onEvent(state, event(1, "k"), event(1, "k").timestamp(), true, table);
      assertTrue(table.models.beganToExpire());
      final long used = event(1, "k").timestamp();
      assertEquals(used + DAY + 1, table.models.dropIfIdle(state, "k", used + DAY, table));
      if (!inMemory) {
        table.restart(config, 3);
      }
      assertEquals(-1, table.models.dropIfIdle(state, "k", used + DAY + 1, table));
      assertEquals(0, ((Heap<Long>) state.journal()).map.size());
      table.models.onEvent(state, event(1, "k"), used + DAY + 1, true, table);
      assertEquals(table.predictions.get(0), table.predictions.get(1));
    }
  }

  @Test
  void aModelForWhichSomethingWaitsStays() throws Exception {
    final LearnerConfig config = config("state.expire-after", "1 d", "labels.max-wait", "9 d");
    final Table table = new Table(config, 3);
    final JournalState state = table.state("k");
    final Event event = withoutLabel(event(1, "k"));
    table.models.onEvent(state, event, event.timestamp(), true, table);
    assertTrue(table.models.dropIfIdle(state, "k", event.timestamp() + 2 * DAY, table) > 0);
    table.models.onLabel(state, labelOf(event(1, "k")), event.timestamp() + 3 * DAY, false, table);
    assertEquals(List.of(), table.reasons);
  }

  @Test
  void anEventWhoseRowIsDeletedWaitsNoMore() throws Exception {
    final Table table = new Table(config(), 1_000);
    table.send(withoutLabel(event(1, "k")));
    table.models.onDelete(table.state("k"), "k", "id1", 0, table);
    table.models.onLabel(table.state("k"), labelOf(event(1, "k")), 0, false, table);
    assertEquals(List.of("no event with id 'id1' waits for a label"), table.reasons);
  }

  @Test
  void aRefusedFirstEventLeavesNothing() throws Exception {
    final Table table = new Table(config(), 1_000);
    table.send(event("x", "k", new String[] {"a"}, new double[] {Double.NaN}, new String[1], "y"));
    assertEquals(1, table.reasons.size());
    assertEquals(0, ((Heap<Long>) table.state("k").journal()).map.size());
  }

  @Test
  void aLearnerThatThrowsGoesOnAsIfTheEventHadNotBeen() throws Exception {
    final LearnerConfig config = config("model.options.experts", FailingClassifier.EXPERT + "*4");
    final Table sound = new Table(config, 20);
    final Table failing = new Table(config, 20);
    for (int i = 0; i < 100; i++) {
      sound.send(event(i, "k"));
      failing.send(event(i, "k"));
      if (i % 10 == 5) {
        failing.send(
            event("bad" + i, "k", new double[] {FailingClassifier.FAILS_TO_LEARN, 0.1, 1}, "low"));
      }
    }
    assertEquals(10, failing.reasons.size());
    assertEquals(sound.predictions, failing.predictions);
  }
}
