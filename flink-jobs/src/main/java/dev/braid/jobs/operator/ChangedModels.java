package dev.braid.jobs.operator;

import dev.braid.jobs.publish.Pieces;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.api.common.state.MapState;

/** Notes what is written to the keyed state of models, until it was published. */
final class ChangedModels {
  /** By model, places of chunks, with the pieces of those that were removed. */
  private final Map<String, Map<Long, Integer>> changed = new LinkedHashMap<>();

  /** A model was saved or removed. */
  Map<Long, Integer> note(final String key) {
    return changed.computeIfAbsent(key, any -> new HashMap<>());
  }

  /** What changed since {@link #clear}, in the order in which it did. */
  Map<String, Map<Long, Integer>> all() {
    return changed;
  }

  void clear() {
    changed.clear();
  }

  /**
   * The chunks of a key, what is done to which is noted.
   *
   * @param key the current one
   */
  MapState<Long, byte[]> watched(final MapState<Long, byte[]> chunks, final Supplier<String> key) {
    return new Watched(chunks, key);
  }

  private final class Watched implements MapState<Long, byte[]> {
    private final MapState<Long, byte[]> chunks;
    private final Supplier<String> key;

    Watched(final MapState<Long, byte[]> chunks, final Supplier<String> key) {
      this.chunks = chunks;
      this.key = key;
    }

    @Override
    public byte[] get(final Long place) throws Exception {
      return chunks.get(place);
    }

    @Override
    public void put(final Long place, final byte[] chunk) throws Exception {
      note(key.get()).putIfAbsent(place, 0);
      chunks.put(place, chunk);
    }

    @Override
    public void putAll(final Map<Long, byte[]> all) throws Exception {
      for (final Map.Entry<Long, byte[]> each : all.entrySet()) {
        put(each.getKey(), each.getValue());
      }
    }

    @Override
    public void remove(final Long place) throws Exception {
      final byte[] gone = chunks.get(place);
      if (gone != null) {
        note(key.get()).merge(place, Pieces.count(gone.length), Math::max);
        chunks.remove(place);
      }
    }

    @Override
    public boolean contains(final Long place) throws Exception {
      return chunks.contains(place);
    }

    @Override
    public Iterable<Map.Entry<Long, byte[]>> entries() throws Exception {
      return chunks.entries();
    }

    @Override
    public Iterable<Long> keys() throws Exception {
      return chunks.keys();
    }

    @Override
    public Iterable<byte[]> values() throws Exception {
      return chunks.values();
    }

    @Override
    public Iterator<Map.Entry<Long, byte[]>> iterator() throws Exception {
      return chunks.iterator();
    }

    @Override
    public boolean isEmpty() throws Exception {
      return chunks.isEmpty();
    }

    @Override
    public void clear() {
      final Map<Long, Integer> noted = note(key.get());
      try {
        for (final Map.Entry<Long, byte[]> each : chunks.entries()) {
          noted.merge(each.getKey(), Pieces.count(each.getValue().length), Math::max);
        }
      } catch (final Exception unreadable) {
        throw new IllegalStateException("the chunks of a model cannot be read", unreadable);
      }
      chunks.clear();
    }
  }
}
