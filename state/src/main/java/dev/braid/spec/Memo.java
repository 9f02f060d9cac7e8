package dev.braid.spec;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What was made of a text before. A job has the same few texts for each of a million models, and
 * reads them anew whenever a model comes back from its state.
 *
 * @param <K> what is read, with the equality of values
 * @param <V> what is made of it, immutable
 */
public final class Memo<K, V> {
  private static final int MOST = 256;

  private final Map<K, V> known = new ConcurrentHashMap<>();
  private final Function<K, V> reading;

  /**
   * @param reading a pure function; what it throws is thrown each time
   */
  public Memo(final Function<K, V> reading) {
    this.reading = reading;
  }

  /** What is made of a text. */
  public V of(final K text) {
    V made = known.get(text);
    if (made == null) {
      made = reading.apply(text);
      if (known.size() >= MOST) {
        known.clear();
      }
      known.put(text, made);
    }
    return made;
  }
}
