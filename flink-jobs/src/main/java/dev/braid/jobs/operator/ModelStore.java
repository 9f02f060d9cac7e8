package dev.braid.jobs.operator;

import dev.braid.connectors.ModelRecord;
import dev.braid.jobs.publish.ModelWriter;
import dev.braid.jobs.publish.Moment;
import dev.braid.router.Learner;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.keyed.PartTable;
import dev.braid.state.keyed.WorkingSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.apache.flink.util.function.ThrowingConsumer;

/**
 * Models in keyed state: one session image per key, and the chunks of the learner's parts. The
 * parts of a small learner lie in the session image: one look-up loads such a model, one write
 * saves it.
 */
final class ModelStore implements WorkingSet.Store<String, ModelSession> {
  /** Name of the keyed state with the session images; every model has one. */
  static final String SESSIONS = "session";

  /** Name of the keyed state with the chunks of the learners' parts. */
  static final String CHUNKS = "chunks";

  private final KeyContext context;
  private final SessionSettings settings;
  private final ModelBudget budget;
  private final int packBelow;
  private final Learners learners;
  private final ValueState<byte[]> sessions;
  private MapState<Long, byte[]> chunks;
  private ChangedModels changed;
  private final ImageWriter writer = new ImageWriter(4096);
  private long bytesWritten;

  /**
   * @param context whose current key is changed for the time of a save, and given back
   * @param learners where those of the models come from
   * @param budget how large a model may become
   * @param packBelow bytes up to which a learner lies in its session image
   */
  ModelStore(
      final KeyContext context,
      final KeyedStateStore store,
      final SessionSettings settings,
      final Learners learners,
      final ModelBudget budget,
      final int packBelow) {
    this.context = context;
    this.settings = settings;
    this.budget = budget;
    this.packBelow = packBelow;
    this.learners = learners;
    this.sessions = store.getState(sessionsDescriptor());
    this.chunks = store.getMapState(chunksDescriptor());
  }

  /** Lets what changes be noted from here on. */
  void noteChanges(final ChangedModels notes) {
    changed = notes;
    chunks = notes.watched(chunks, () -> (String) context.getCurrentKey());
  }

  private void note(final String key) {
    if (changed != null) {
      changed.note(key);
    }
  }

  /**
   * Hands over what is to be published of a model.
   *
   * @param chunksChanged as {@link ChangedModels} has it; null for all of the model
   */
  void publish(
      final String key,
      final Map<Long, Integer> chunksChanged,
      final Moment moment,
      final long time,
      final Consumer<ModelRecord> out)
      throws Exception {
    final Object current = enter(key);
    try {
      final byte[] image = sessions.value();
      if (image == null) {
        ModelWriter.remove(key, chunksChanged == null ? Map.of() : chunksChanged, out);
        return;
      }
      final SessionState state = SessionState.read(new ImageReader(image));
      if (state.parts.isEmpty()) {
        return;
      }
      final Map<Long, Integer> wanted = chunksChanged == null ? new HashMap<>() : chunksChanged;
      if (chunksChanged == null) {
        state.parts.places().forEach(place -> wanted.put(place, 0));
      }
      ModelWriter.write(
          key, moment, time, state.labelled, state.events, state.parts, wanted, chunks::get, out);
    } finally {
      leave(current);
    }
  }

  static ValueStateDescriptor<byte[]> sessionsDescriptor() {
    return new ValueStateDescriptor<>(SESSIONS, BytePrimitiveArraySerializer.INSTANCE);
  }

  static MapStateDescriptor<Long, byte[]> chunksDescriptor() {
    return new MapStateDescriptor<>(
        CHUNKS, LongSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE);
  }

  @Override
  public ModelSession load(final String key) throws Exception {
    final Object current = enter(key);
    try {
      final byte[] image = sessions.value();
      if (image == null) {
        return new ModelSession(
            key, settings, learners, budget, new SessionState(settings.detector().fresh()), null);
      }
      final SessionState state = SessionState.read(new ImageReader(image));
      return new ModelSession(key, settings, learners, budget, state, learner(key, state.parts));
    } finally {
      leave(current);
    }
  }

  /** The learner kept in a table's chunks, or null if its model had met no event yet. */
  private Learner learner(final String key, final PartTable parts) throws Exception {
    if (parts.isEmpty()) {
      return null;
    }
    final Learner learner = learners.read(key, parts.load(chunks));
    parts.attach(learner.parts());
    return learner;
  }

  @Override
  public void save(final String key, final ModelSession model) throws Exception {
    final Object current = enter(key);
    try {
      bytesWritten += model.state().save(model.parts(), chunks, packBelow, writer.reset());
      update();
      note(key);
    } finally {
      leave(current);
    }
  }

  /** Takes a model's learner back to what was saved last, or to nothing where none was. */
  void restore(final String key, final ModelSession model) throws Exception {
    final Object current = enter(key);
    try {
      final byte[] image = sessions.value();
      final SessionState saved =
          image == null
              ? new SessionState(settings.detector().fresh())
              : SessionState.read(new ImageReader(image));
      model.restore(saved, learner(key, saved.parts));
    } finally {
      leave(current);
    }
  }

  /** Puts what the writer holds into the session image. */
  private void update() throws Exception {
    final byte[] image = writer.toByteArray();
    sessions.update(image);
    bytesWritten += image.length;
  }

  /**
   * What is kept of a model beside its learner, read where it is and without loading the learner.
   *
   * @param models the hot ones, whose own state is newer than what is kept here
   * @return not to be changed; null if there is no such model
   */
  SessionState peek(final String key, final WorkingSet<String, ModelSession> models)
      throws Exception {
    final ModelSession hot = models.peek(key);
    if (hot != null) {
      return hot.state();
    }
    final Object current = enter(key);
    try {
      final byte[] image = sessions.value();
      return image == null ? null : SessionState.read(new ImageReader(image));
    } finally {
      leave(current);
    }
  }

  /** Changes what is kept of a model that is not hot beside its learner, if there is such one. */
  <E extends Exception> void amend(final String key, final ThrowingConsumer<SessionState, E> change)
      throws Exception {
    final Object current = enter(key);
    try {
      final byte[] image = sessions.value();
      if (image != null) {
        final SessionState state = SessionState.read(new ImageReader(image));
        change.accept(state);
        state.write(writer.reset());
        update();
      }
    } finally {
      leave(current);
    }
  }

  /** Does something while a key is the current one. */
  void under(final String key, final Runnable action) {
    final Object current = enter(key);
    try {
      action.run();
    } finally {
      leave(current);
    }
  }

  /** Removes a model that is not hot with all its parts. */
  void remove(final String key) throws Exception {
    final Object current = enter(key);
    try {
      sessions.clear();
      chunks.clear();
      note(key);
    } finally {
      leave(current);
    }
  }

  /** Bytes put into keyed state so far. */
  long bytesWritten() {
    return bytesWritten;
  }

  private Object enter(final String key) {
    final Object current = context.getCurrentKey();
    if (!key.equals(current)) {
      context.setCurrentKey(key);
    }
    return current;
  }

  private void leave(final Object key) {
    if (key != null) {
      context.setCurrentKey(key);
    }
  }
}
