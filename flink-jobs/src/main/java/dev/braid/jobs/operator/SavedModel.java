package dev.braid.jobs.operator;

import dev.braid.state.image.Blocks;
import dev.braid.state.image.ImageReader;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;

/**
 * What keyed state holds of one model, for whoever reads savepoints.
 *
 * @param sessionBytes of the session block
 * @param packed whether the learner's parts lie in the session block
 * @param events events predicted
 * @param labelled events learned from
 * @param accuracy share of the labelled events predicted correctly
 * @param recentAccuracy the same over the span that the drift detector holds for unchanged
 * @param drifts alarms of the drift detector
 * @param waitingEvents events that wait for their labels
 * @param waitingLabels labels that wait for their events
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
    long drifts,
    long waitingEvents,
    long waitingLabels,
    long lastUsed,
    Blocks learner) {

  /** Name of the keyed state in which every model has an entry. */
  public static final String STATE = ModelHome.SESSIONS;

  /** Keyed state with models in it. */
  public static final class Store {
    private final ValueState<byte[]> sessions;
    private final MapState<Long, byte[]> blocks;

    public Store(final RuntimeContext context) {
      sessions = context.getState(ModelHome.sessionsDescriptor());
      blocks = context.getMapState(ModelHome.blocksDescriptor());
    }

    /**
     * The model of the current key, or null if there is none.
     *
     * @throws dev.braid.state.image.MalformedImageException if its session block cannot be read
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
          state.drifts,
          state.waitingEvents,
          state.waitingLabels,
          state.lastUsed,
          state.parts.isEmpty() ? null : state.parts.load(blocks));
    }
  }
}
