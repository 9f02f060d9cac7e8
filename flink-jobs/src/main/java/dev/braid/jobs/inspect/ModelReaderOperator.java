package dev.braid.jobs.inspect;

import dev.braid.jobs.operator.SavedModel;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.state.api.input.operator.KeyedStateReaderOperator;
import org.apache.flink.state.api.runtime.SavepointRuntimeContext;
import org.apache.flink.util.CloseableIterator;

/**
 * Runs a {@link PieceReader} for every key that has a session, or the table of a shard in its
 * place.
 *
 * <p>The reader of Flink 2.2 asks for the keys of all states together, and over RocksDB the merge
 * of a value state's keys with a map state's loses some keys and repeats others.
 */
@SuppressWarnings("try")
final class ModelReaderOperator<T> extends KeyedStateReaderOperator<String, T> {
  private static final long serialVersionUID = 1L;

  private final PieceReader<T> reader;
  private final String onlyKey;

  /**
   * @param onlyKey the only model that is wanted, or null for all
   */
  ModelReaderOperator(final PieceReader<T> reader, final String onlyKey) {
    super(reader, Types.STRING);
    this.reader = reader;
    this.onlyKey = onlyKey;
  }

  @Override
  public CloseableIterator<Tuple2<String, VoidNamespace>> getKeysAndNamespaces(
      final SavepointRuntimeContext context) throws Exception {
    context.disableStateRegistration();
    final Stream<String> keys =
        getKeyedStateBackend()
            .getKeys(SavedModel.STATE, VoidNamespace.INSTANCE)
            // A key without a result would count as the end.
            .filter(key -> onlyKey == null || onlyKey.equals(reader.model(key)));
    return CloseableIterator.adapterForIterator(
        keys.map(key -> Tuple2.of(key, VoidNamespace.INSTANCE)).iterator(), keys);
  }
}
