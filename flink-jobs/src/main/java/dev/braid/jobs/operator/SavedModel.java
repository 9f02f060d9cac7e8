package dev.braid.jobs.operator;

import dev.braid.evaluation.NumberEvaluator;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.SavedParts;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;

/**
 * What keyed state holds of one model, for whoever reads savepoints.
 *
 * @param sessionBytes of the session image
 * @param packed whether the learner's parts lie in the session image
 * @param events events predicted
 * @param labelled events learned from
 * @param accuracy share of the labelled events predicted correctly
 * @param recentAccuracy the same over the span that the drift detector holds for unchanged
 * @param numbers how well numbers were predicted; has no events where classes are
 * @param drifts alarms of the drift detector
 * @param pendingEvents events that wait for their labels
 * @param pendingLabels labels that wait for their events
 * @param lastUsed time of the last event or label, by the job's clock; 0 if unknown
 * @param learner the learner's parts; null if the model has met no event yet
 */
public record SavedModel(
    long sessionBytes,
    boolean packed,
    long events,
    long labelled,
    double accuracy,
    double recentAccuracy,
    NumberEvaluator numbers,
    long drifts,
    long pendingEvents,
    long pendingLabels,
    long lastUsed,
    SavedParts learner) {

  /** Name of the keyed state in which every model has an entry. */
  public static final String STATE = ModelStore.SESSIONS;

  /** Keyed state with models in it. */
  public static final class Store {
    private final ValueState<byte[]> sessions;
    private final MapState<Long, byte[]> chunks;

    public Store(final RuntimeContext context) {
      sessions = context.getState(ModelStore.sessionsDescriptor());
      chunks = context.getMapState(ModelStore.chunksDescriptor());
    }

    /**
     * The model of the current key, or null if there is none.
     *
     * @throws dev.braid.state.image.MalformedImageException if its session image cannot be read
     */
    public SavedModel read() throws Exception {
      final byte[] image = sessions.value();
      if (image == null) {
        return null;
      }
      final SessionState state = SessionState.read(new ImageReader(image));
      return new SavedModel(
          image.length,
          state.parts.isPacked(),
          state.events,
          state.labelled,
          state.evaluator.accuracy(),
          state.labelled == 0 ? 0 : 1 - state.detector.estimate(),
          state.numbers,
          state.drifts,
          state.pendingEvents,
          state.pendingLabels,
          state.lastUsed,
          state.parts.isEmpty() ? null : state.parts.load(chunks));
    }
  }
}
