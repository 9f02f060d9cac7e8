package dev.braid.jobs.sql;

import dev.braid.jobs.operator.ByteMap;
import java.util.Map;
import org.apache.flink.table.api.dataview.MapView;

/** A map of a SQL function's state. */
final class ViewMap<K> implements ByteMap<K> {
  private MapView<K, byte[]> view;

  /** Names the view of the current key. */
  void of(final MapView<K, byte[]> current) {
    view = current;
  }

  @Override
  public byte[] get(final K key) throws Exception {
    return view.get(key);
  }

  @Override
  public void put(final K key, final byte[] value) throws Exception {
    view.put(key, value);
  }

  @Override
  public void remove(final K key) throws Exception {
    view.remove(key);
  }

  @Override
  public Iterable<Map.Entry<K, byte[]>> entries() throws Exception {
    return view.entries();
  }

  @Override
  public void clear() {
    view.clear();
  }
}
