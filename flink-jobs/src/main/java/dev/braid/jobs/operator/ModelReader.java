package dev.braid.jobs.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.braid.data.Feature;
import dev.braid.experts.Expert;
import dev.braid.experts.TreeCounts;
import dev.braid.image.BlockState;
import dev.braid.image.ImageReader;
import dev.braid.image.MalformedImageException;
import dev.braid.router.Blocks;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.util.Collector;

/** Reads the models of a savepoint one by one and gives out a {@link ModelSummary} of each. */
public final class ModelReader extends KeyedStateReaderFunction<String, String> {
  private static final long serialVersionUID = 1L;

  /** Parts of a learner before its experts: header and router. */
  private static final int FIRST_EXPERT = 2;

  private static final ObjectMapper JSON = new ObjectMapper();

  private transient ValueState<byte[]> sessions;
  private transient MapState<Long, byte[]> blocks;

  @Override
  public void open(final OpenContext context) {
    sessions = getRuntimeContext().getState(ModelHome.sessionsDescriptor());
    blocks = getRuntimeContext().getMapState(ModelHome.blocksDescriptor());
  }

  /** Gives out one summary as JSON, which {@link #parse} reads: plain text passes any job. */
  @Override
  public void readKey(final String key, final Context context, final Collector<String> out)
      throws Exception {
    out.collect(JSON.writeValueAsString(summary(key)));
  }

  /** A summary as this function gave it out. */
  public static ModelSummary parse(final String json) {
    try {
      return JSON.readValue(json, ModelSummary.class);
    } catch (final JsonProcessingException e) {
      throw new IllegalArgumentException("not a model's summary: " + json, e);
    }
  }

  private ModelSummary summary(final String key) throws Exception {
    final byte[] image = sessions.value();
    if (image == null) {
      return ModelSummary.unreadable(key, "its session is missing");
    }
    try {
      final SessionState state = SessionState.read(new ImageReader(image));
      return summary(
          key, state, image.length, state.parts.isEmpty() ? null : state.parts.load(blocks));
    } catch (final MalformedImageException | IllegalArgumentException unreadable) {
      return ModelSummary.unreadable(key, unreadable.getMessage());
    }
  }

  /**
   * @param saved null if the model has met no event yet
   */
  private static ModelSummary summary(
      final String key, final SessionState state, final long sessionBytes, final Blocks saved) {
    final boolean packed = state.parts.isPacked();
    final Learner learner = saved == null ? null : LearnerImage.read(saved);
    final List<BlockState> parts = learner == null ? List.of() : learner.parts();
    final List<ModelSummary.ExpertSummary> experts = new ArrayList<>();
    long bytes = sessionBytes;
    int count = 1;
    for (int p = 0; p < parts.size(); p++) {
      final long size = bytes(saved, p);
      bytes += packed ? 0 : size;
      count += packed ? 0 : saved.blockCount(p);
      if (p >= FIRST_EXPERT && parts.get(p) instanceof Expert expert) {
        final TreeCounts counts = expert.treeCounts();
        experts.add(
            new ModelSummary.ExpertSummary(
                learner.expertName(p - FIRST_EXPERT),
                expert.kind(),
                size,
                counts.splits(),
                counts.prunes(),
                counts.swaps()));
      }
    }
    return new ModelSummary(
        key,
        null,
        learner == null ? null : learner.spec().preset(),
        learner == null ? 0 : learner.spec().seed(),
        learner == null ? Map.of() : learner.spec().options(),
        bytes,
        learner == null ? 0 : learner.sizeBytes(),
        count,
        state.events,
        state.labelled,
        state.evaluator.accuracy(),
        state.labelled == 0 ? 0 : 1 - state.detector.estimate(),
        state.drifts,
        state.waitingEvents,
        state.waitingLabels,
        state.lastUsed,
        learner == null
            ? List.of()
            : learner.schema().features().stream().map(Feature::name).toList(),
        learner == null ? List.of() : learner.schema().classes(),
        learner == null ? List.of() : Arrays.stream(learner.routerShape()).boxed().toList(),
        parts.size() < FIRST_EXPERT ? 0 : bytes(saved, 1),
        experts);
  }

  private static long bytes(final Blocks saved, final int part) {
    long bytes = 0;
    for (int b = 0; b < saved.blockCount(part); b++) {
      bytes += saved.block(part, b).remaining();
    }
    return bytes;
  }
}
