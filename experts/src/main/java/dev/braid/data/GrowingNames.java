package dev.braid.data;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Distinct names in a fixed order, found by name at once. Immutable; a list with one more name
 * shares what is there with the shorter one, so that adding n names one by one costs n steps and
 * not n squared. Any number of threads may read lists that share.
 */
final class GrowingNames extends AbstractList<String> implements RandomAccess {
  private static final int FEWEST = 4;

  private final Store store;
  private final int size;

  /** The names of the longest list made so far; a shorter list is its beginning. */
  private static final class Store {
    private final ConcurrentHashMap<String, Integer> index;
    private String[] names;
    private int used;

    Store(final int capacity) {
      index = new ConcurrentHashMap<>(capacity);
      names = new String[capacity];
    }

    /** Adds a name behind the first {@code at}; false if another list has done so before. */
    synchronized boolean add(final int at, final String name) {
      if (used != at) {
        return false;
      }
      if (used == names.length) {
        names = Arrays.copyOf(names, Math.max(FEWEST, 2 * used));
      }
      names[used++] = name;
      index.put(name, at);
      return true;
    }
  }

  private GrowingNames(final Store store, final int size) {
    this.store = store;
    this.size = size;
  }

  /**
   * @param what the names are of, for the message
   * @throws IllegalArgumentException if a name is there twice
   */
  static GrowingNames of(final String what, final List<String> names) {
    if (names instanceof GrowingNames known) {
      return known;
    }
    final Store store = new Store(names.size());
    for (final String name : names) {
      if (store.index.containsKey(name)) {
        throw new IllegalArgumentException(what + " '" + name + "' is there twice");
      }
      store.add(store.used, name);
    }
    return new GrowingNames(store, names.size());
  }

  /**
   * This list with one more name at the end.
   *
   * @param what the names are of, for the message
   * @throws IllegalArgumentException if the name is there already
   */
  GrowingNames with(final String what, final String name) {
    if (indexOf(name) >= 0) {
      throw new IllegalArgumentException(what + " '" + name + "' is there twice");
    }
    Store grown = store;
    if (!grown.add(size, name)) {
      grown = new Store(size + 1);
      for (int i = 0; i < size; i++) {
        grown.add(i, get(i));
      }
      grown.add(size, name);
    }
    return new GrowingNames(grown, size + 1);
  }

  @Override
  public String get(final int i) {
    if (i < 0 || i >= size) {
      throw new IndexOutOfBoundsException(i);
    }
    return store.names[i];
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int indexOf(final Object name) {
    final Integer at = name == null ? null : store.index.get(name);
    return at == null || at >= size ? -1 : at;
  }

  @Override
  public boolean contains(final Object name) {
    return indexOf(name) >= 0;
  }
}
