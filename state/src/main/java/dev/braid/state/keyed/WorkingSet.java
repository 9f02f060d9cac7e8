package dev.braid.state.keyed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Hot models on the heap, at most so many bytes; the least recently used ones go back to their
 * store first. The model in use stays, even if it alone exceeds the bound. Not thread-safe.
 *
 * @param <K> model key
 * @param <M> model
 */
public final class WorkingSet<K, M extends WorkingSet.Model> {
  /**
   * A learner's size takes a walk over its experts: it is asked after the first use, in which a new
   * model grows most, after twice as many each time, and once in so many uses in the end.
   */
  private static final int MOST_USES_BETWEEN_SIZES = 64;

  private final Store<K, M> store;
  private final long highestBytes;

  /** Least recently used first. */
  private final LinkedHashMap<K, Hot<K, M>> hot = new LinkedHashMap<>(64);

  private final Set<Hot<K, M>> dirty = new LinkedHashSet<>();
  private Hot<K, M> current;
  private long bytes;
  private long hits;
  private long loads;
  private long evictions;

  /** A model in the working set. */
  public interface Model {

    /** Heap bytes, an estimate within a few per cent. */
    long sizeBytes();
  }

  /** Where models live that are not hot. */
  public interface Store<K, M> {

    /** Reads a model, or makes a new one where there is none yet. */
    M load(K key) throws Exception;

    /** Writes back what changed in a model. */
    void save(K key, M model) throws Exception;
  }

  private static final class Hot<K, M> {
    final K key;
    final M model;
    long bytes;
    int uses;
    int usesAtNextSize = 1;
    boolean dirty;

    Hot(final K key, final M model) {
      this.key = key;
      this.model = model;
    }
  }

  /**
   * @param highestBytes bound on the sum of {@link Model#sizeBytes()}, greater than 0
   * @param store where models come from and go to
   */
  public WorkingSet(final long highestBytes, final Store<K, M> store) {
    if (highestBytes <= 0) {
      throw new IllegalArgumentException(
          "the working set needs more than " + highestBytes + " bytes");
    }
    this.highestBytes = highestBytes;
    this.store = store;
  }

  /**
   * The model of a key, to be changed: it counts as dirty until it was saved. Other models may be
   * saved and dropped to make room.
   */
  public M use(final K key) throws Exception {
    if (current != null && current.uses >= current.usesAtNextSize) {
      current.usesAtNextSize += Math.min(current.uses, MOST_USES_BETWEEN_SIZES);
      measure(current);
    }
    if (current == null || !current.key.equals(key)) {
      current = find(key);
    } else {
      hits++;
    }
    if (!current.dirty) {
      current.dirty = true;
      dirty.add(current);
    }
    current.uses++;
    shrink();
    return current.model;
  }

  /** The same if the model is hot; else null, and nothing is loaded. */
  public M useIfHot(final K key) throws Exception {
    return hot.containsKey(key) ? use(key) : null;
  }

  /**
   * The same to be looked at alone: nothing is marked or counted, and no other model makes room.
   *
   * @return not to be changed; null if the model is not hot
   */
  public M peek(final K key) {
    final Hot<K, M> found = hot.get(key);
    return found == null ? null : found.model;
  }

  /** Forgets a model, with what was not saved of it. */
  public void drop(final K key) {
    final Hot<K, M> gone = hot.remove(key);
    if (gone != null) {
      dirty.remove(gone);
      bytes -= gone.bytes;
      current = current == gone ? null : current;
    }
  }

  private Hot<K, M> find(final K key) throws Exception {
    final Hot<K, M> found = hot.remove(key);
    if (found != null) {
      hot.put(key, found);
      hits++;
      return found;
    }
    loads++;
    final Hot<K, M> loaded = new Hot<>(key, store.load(key));
    hot.put(key, loaded);
    measure(loaded);
    return loaded;
  }

  private void measure(final Hot<K, M> model) {
    bytes -= model.bytes;
    model.bytes = model.model.sizeBytes();
    bytes += model.bytes;
  }

  private void shrink() throws Exception {
    if (bytes <= highestBytes) {
      return;
    }
    final Iterator<Hot<K, M>> oldestFirst = hot.values().iterator();
    while (bytes > highestBytes && hot.size() > 1) {
      final Hot<K, M> oldest = oldestFirst.next();
      if (oldest.dirty) {
        store.save(oldest.key, oldest.model);
        oldest.dirty = false;
        dirty.remove(oldest);
      }
      oldestFirst.remove();
      bytes -= oldest.bytes;
      evictions++;
    }
  }

  /** Saves every model used since it was last saved; all stay hot. */
  public void saveAll() throws Exception {
    for (final Hot<K, M> each : dirty) {
      store.save(each.key, each.model);
      each.dirty = false;
    }
    dirty.clear();
  }

  /** The hot models, least recently used first. */
  public Collection<M> models() {
    final List<M> models = new ArrayList<>(hot.size());
    for (final Hot<K, M> each : hot.values()) {
      models.add(each.model);
    }
    return models;
  }

  /** How many models are hot. */
  public int size() {
    return hot.size();
  }

  /** Heap bytes of the hot models. */
  public long bytes() {
    return bytes;
  }

  /** Uses that found their model hot. */
  public long hits() {
    return hits;
  }

  /** Uses that had to load or make their model. */
  public long loads() {
    return loads;
  }

  /** Models dropped to make room. */
  public long evictions() {
    return evictions;
  }
}
