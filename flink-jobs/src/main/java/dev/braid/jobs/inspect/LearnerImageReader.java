package dev.braid.jobs.inspect;

import dev.braid.jobs.operator.SavedModel;
import dev.braid.router.LearnerImage;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.util.Collector;

/**
 * Reads the learners of a savepoint one by one and gives out the image of each, as {@link
 * LearnerImage#toBytes} writes it; no bytes of a model that has met no event yet.
 */
final class LearnerImageReader extends KeyedStateReaderFunction<String, byte[]> {
  private static final long serialVersionUID = 1L;

  private transient SavedModel.Store models;

  @Override
  public void open(final OpenContext context) {
    models = new SavedModel.Store(getRuntimeContext());
  }

  @Override
  public void readKey(final String key, final Context context, final Collector<byte[]> out)
      throws Exception {
    final SavedModel saved = models.read();
    out.collect(
        saved == null || saved.learner() == null
            ? new byte[0]
            : LearnerImage.toBytes(LearnerImage.read(saved.learner())));
  }
}
