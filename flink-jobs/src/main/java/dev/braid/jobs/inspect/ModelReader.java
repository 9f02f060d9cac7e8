package dev.braid.jobs.inspect;

import dev.braid.data.Feature;
import dev.braid.experts.Expert;
import dev.braid.experts.TreeCounts;
import dev.braid.jobs.operator.SavedModel;
import dev.braid.router.Division;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.router.Member;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import dev.braid.state.image.SavedParts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.util.Collector;

/** Reads the models of a savepoint one by one and gives out a {@link ModelSummary} of each. */
final class ModelReader extends PieceReader<ModelSummary> {
  private static final long serialVersionUID = 1L;

  /** Parts of a learner before its experts: header and router. */
  private static final int FIRST_EXPERT = 2;

  private final Piece piece;
  private transient SavedModel.Store models;

  /** What an operator keeps of a model. */
  enum Piece {
    /** All of it. */
    WHOLE,
    /** The half that brings the records of a divided model in order. */
    ORDERING,
    /** The half that combines what its shards say. */
    COMBINING
  }

  ModelReader(final Piece piece) {
    this.piece = piece;
  }

  @Override
  public void open(final OpenContext context) {
    models = new SavedModel.Store(getRuntimeContext());
  }

  @Override
  public void readKey(final String key, final Context context, final Collector<ModelSummary> out)
      throws Exception {
    out.collect(summary(key));
  }

  private ModelSummary summary(final String key) throws Exception {
    try {
      final SavedModel saved = models.read();
      return saved == null
          ? ModelSummary.unreadable(key, "its session is missing")
          : summary(key, saved);
    } catch (final MalformedImageException | IllegalArgumentException unreadable) {
      return ModelSummary.unreadable(key, unreadable.getMessage());
    }
  }

  private ModelSummary summary(final String key, final SavedModel model) {
    final boolean packed = model.packed();
    final SavedParts saved = model.learner();
    final Learner learner = saved == null ? null : learner(saved);
    final List<Part> parts = learner == null ? List.of() : learner.parts();
    final List<ModelSummary.ExpertSummary> experts = new ArrayList<>();
    long bytes = model.sessionBytes();
    int count = 1;
    for (int p = 0; p < parts.size(); p++) {
      final long size = bytes(saved, p);
      bytes += packed ? 0 : size;
      count += packed ? 0 : saved.chunkCount(p);
      if (p >= FIRST_EXPERT) {
        final Member member = learner.members().get(p - FIRST_EXPERT);
        final TreeCounts counts =
            parts.get(p) instanceof Expert expert ? expert.treeCounts() : TreeCounts.NONE;
        experts.add(ModelSummary.ExpertSummary.of(member, counts, size));
      }
    }
    final boolean young = piece == Piece.WHOLE && experts.isEmpty();
    if ((young || piece == Piece.COMBINING) && learner != null) {
      learner
          .members()
          .forEach(
              member -> experts.add(ModelSummary.ExpertSummary.of(member, TreeCounts.NONE, 0)));
    }
    return new ModelSummary(
        key,
        null,
        0,
        learner == null ? null : learner.spec().preset(),
        learner == null ? 0 : learner.spec().seed(),
        learner == null ? Map.of() : learner.spec().options(),
        bytes,
        learner == null ? 0 : learner.sizeBytes(),
        count,
        model.events(),
        model.labelled(),
        model.accuracy(),
        model.recentAccuracy(),
        ModelSummary.NumberFigures.of(model.numbers()),
        model.drifts(),
        model.pendingEvents(),
        model.pendingLabels(),
        model.lastUsed(),
        learner == null
            ? List.of()
            : learner.schema().features().stream().map(Feature::name).toList(),
        learner == null ? List.of() : learner.schema().classes(),
        learner == null ? List.of() : Arrays.stream(learner.routerShape()).boxed().toList(),
        parts.size() < FIRST_EXPERT || young ? 0 : bytes(saved, 1),
        experts);
  }

  private Learner learner(final SavedParts saved) {
    return switch (piece) {
      case WHOLE -> LearnerImage.read(saved);
      case ORDERING -> Division.lookAtIntake(saved);
      case COMBINING -> Division.lookAtCombined(saved);
    };
  }

  static long bytes(final SavedParts saved, final int part) {
    long bytes = 0;
    for (int b = 0; b < saved.chunkCount(part); b++) {
      bytes += saved.chunk(part, b).remaining();
    }
    return bytes;
  }
}
