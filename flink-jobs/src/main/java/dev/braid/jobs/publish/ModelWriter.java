package dev.braid.jobs.publish;

import dev.braid.connectors.ModelRecord;
import dev.braid.state.keyed.PartTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.util.function.FunctionWithException;

/** Makes the records of one model at one checkpoint. */
public final class ModelWriter {
  private ModelWriter() {}

  /**
   * Hands over the chunks that changed, and the table behind them.
   *
   * @param version labels the model has learned from
   * @param events it has predicted
   * @param parts as they are saved, not attached to a learner
   * @param changed places of chunks that were written or removed since the model was published
   *     last, with the pieces that are to be taken out of the topic where nothing is there any more
   * @param chunks gives the chunk of a place, or null
   */
  public static void write(
      final String model,
      final Moment moment,
      final long time,
      final long version,
      final long events,
      final PartTable parts,
      final Map<Long, Integer> changed,
      final FunctionWithException<Long, byte[], Exception> chunks,
      final Consumer<ModelRecord> out)
      throws Exception {
    final List<Integer> checksums = new ArrayList<>();
    for (final long place : parts.places()) {
      final byte[] chunk = chunks.apply(place);
      if (chunk == null) {
        throw new IllegalStateException(
            "chunk " + place + " of model '" + model + "' is missing from its state");
      }
      checksums.add(ModelTable.checksum(chunk));
      if (changed.containsKey(place)) {
        Pieces.cut(ModelKey.ofChunk(model, place, 0), moment, chunk, out);
      }
    }
    for (final Map.Entry<Long, Integer> each : changed.entrySet()) {
      final byte[] chunk = chunks.apply(each.getKey());
      Pieces.remove(
          ModelKey.ofChunk(model, each.getKey(), 0),
          chunk == null ? 0 : Pieces.count(chunk.length),
          each.getValue(),
          out);
    }
    Pieces.cut(
        new ModelKey(model, ModelKey.TABLE, 0, 0),
        moment,
        new ModelTable(moment, time, version, events, parts, checksums).toBytes(),
        out);
  }

  /**
   * Hands over what takes a model out of the topic.
   *
   * @param chunks places of its chunks, with the pieces of each
   */
  public static void remove(
      final String model, final Map<Long, Integer> chunks, final Consumer<ModelRecord> out) {
    Pieces.remove(new ModelKey(model, ModelKey.TABLE, 0, 0), 0, 1, out);
    chunks.forEach(
        (place, pieces) -> Pieces.remove(ModelKey.ofChunk(model, place, 0), 0, pieces, out));
  }
}
