package dev.braid.jobs.inspect;

import dev.braid.jobs.operator.SavedModel;
import dev.braid.jobs.operator.SavedShard;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.SavedParts;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.util.Collector;

/**
 * Reads the saved parts of the learner, or of the shard of one, under each key; {@link #NOTHING} of
 * one that has met no event yet.
 */
final class PartsReader extends PieceReader<SavedParts> {
  private static final long serialVersionUID = 1L;

  static final SavedParts NOTHING =
      new SavedParts() {
        @Override
        public int chunkCount(final int part) {
          throw new IllegalStateException("nothing was saved");
        }

        @Override
        public ImageReader chunk(final int part, final int chunk) {
          throw new IllegalStateException("nothing was saved");
        }
      };

  private final boolean ofShards;
  private transient SavedModel.Store models;
  private transient SavedShard.Store shards;

  PartsReader(final boolean ofShards) {
    this.ofShards = ofShards;
  }

  @Override
  public void open(final OpenContext context) {
    if (ofShards) {
      shards = new SavedShard.Store(getRuntimeContext());
    } else {
      models = new SavedModel.Store(getRuntimeContext());
    }
  }

  @Override
  String model(final String key) {
    return ofShards ? SavedShard.model(key) : key;
  }

  @Override
  public void readKey(final String key, final Context context, final Collector<SavedParts> out)
      throws Exception {
    final SavedParts parts;
    if (ofShards) {
      parts = shards.read().parts();
    } else {
      final SavedModel model = models.read();
      parts = model == null ? null : model.learner();
    }
    out.collect(parts == null ? NOTHING : parts);
  }
}
