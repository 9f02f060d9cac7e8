package dev.braid.experts.tree;

/**
 * Weights of the values of nominal features with many values: a table per leaf, class and feature
 * that grows with the values met. Tables of equal size share a store; a table that is full moves to
 * the store of the next size.
 *
 * <pre>
 * position  where in its owner, the row of a class, the table is named
 * then, while all values of the feature do not fit:
 *   value + 1 or 0, weight   in the order of linear probing from the value modulo the size
 * else:
 *   weight of each value
 * </pre>
 *
 * A table is named by a whole number above 0, which changes whenever the table moves.
 */
final class ValueTables {
  /** No table. */
  static final double NONE = 0.0;

  private static final int SMALLEST = 8;
  private static final int HEAD = 1;
  private static final int LEVELS = 32;

  /** The stores, of tables of 8, 16, 32 ... doubles after the head. */
  final StatisticsStore[] levels;

  private final StatisticsStore rows;

  /**
   * @param mostValues the most values of any feature with tables; 0 if there is none
   * @param rows the owners of the tables
   */
  ValueTables(final int mostValues, final StatisticsStore rows) {
    this.rows = rows;
    int count = mostValues == 0 ? 0 : 1;
    while (count > 0 && room(count - 1) < mostValues) {
      count++;
    }
    levels = new StatisticsStore[count];
    for (int level = 0; level < count; level++) {
      levels[level] = new StatisticsStore(HEAD + room(level));
    }
  }

  private static int room(final int level) {
    return SMALLEST << level;
  }

  static int level(final double name) {
    return (int) ((long) (name - 1) % LEVELS);
  }

  static int slot(final double name) {
    return (int) ((long) (name - 1) / LEVELS);
  }

  private static double name(final int level, final int slot) {
    return (double) slot * LEVELS + level + 1;
  }

  /** Weight of a value of a feature with so many values. */
  double weight(final double name, final int values, final int value) {
    if (name == NONE) {
      return 0.0;
    }
    final int level = level(name);
    final int slot = slot(name);
    final double[] page = levels[level].page(slot);
    final int at = levels[level].offset(slot) + HEAD;
    if (room(level) >= values) {
      return page[at + value];
    }
    final int place = find(page, at, room(level), value);
    return page[place] == 0.0 ? 0.0 : page[place + 1];
  }

  /** Where a value is or would be; a table always has an empty place. */
  private static int find(final double[] page, final int at, final int room, final int value) {
    int place = 2 * value & (room - 1);
    while (page[at + place] != value + 1.0 && page[at + place] != 0.0) {
      place = place + 2 & (room - 1);
    }
    return at + place;
  }

  /** Whether a value can be added to a table without another one. */
  boolean hasRoom(final double name, final int values, final int value) {
    if (name == NONE) {
      return false;
    }
    final int level = level(name);
    final int room = room(level);
    if (room >= values) {
      return true;
    }
    final int slot = slot(name);
    final double[] page = levels[level].page(slot);
    final int at = levels[level].offset(slot) + HEAD;
    return page[find(page, at, room, value)] != 0.0 || isOpen(page, at, room);
  }

  /** Whether a table is less than seven eighths full; a smallest one may have three of four. */
  private static boolean isOpen(final double[] page, final int at, final int room) {
    int used = 0;
    for (int place = 0; place < room; place += 2) {
      if (page[at + place] != 0.0) {
        used++;
      }
    }
    return 16 * (used + 1) <= 7 * room;
  }

  /** Bytes at the most that a larger table instead of this one takes. */
  long bytesToGrow(final double name) {
    return levels[name == NONE ? 0 : level(name) + 1].mostBytesToAllocate();
  }

  /**
   * Adds to the weight of a value of the table named at a position of a row; makes the table, or a
   * larger one, if need be.
   */
  void add(
      final int row, final int position, final int values, final int value, final double weight) {
    final double name = rows.page(row)[rows.offset(row) + position];
    if (name == NONE) {
      allocate(0, row, position);
    } else if (!hasRoom(name, values, value)) {
      enlarge(name, row, position, values);
    }
    put(rows.page(row)[rows.offset(row) + position], values, value, weight);
  }

  private void put(final double name, final int values, final int value, final double weight) {
    final StatisticsStore store = levels[level(name)];
    final int slot = slot(name);
    final double[] page = store.page(slot);
    final int at = store.offset(slot) + HEAD;
    final int room = room(level(name));
    if (room >= values) {
      page[at + value] += weight;
    } else {
      final int place = find(page, at, room, value);
      page[place] = value + 1.0;
      page[place + 1] += weight;
    }
    store.touch(slot);
  }

  private double allocate(final int level, final int row, final int position) {
    final int slot = levels[level].allocate(row);
    final double name = name(level, slot);
    levels[level].page(slot)[levels[level].offset(slot)] = position;
    rows.page(row)[rows.offset(row) + position] = name;
    rows.touch(row);
    return name;
  }

  private void enlarge(final double old, final int row, final int position, final int values) {
    final double larger = allocate(level(old) + 1, row, position);
    final StatisticsStore store = levels[level(old)];
    final double[] page = store.page(slot(old));
    final int at = store.offset(slot(old)) + HEAD;
    for (int place = 0; place < room(level(old)); place += 2) {
      if (page[at + place] != 0.0) {
        put(larger, values, (int) page[at + place] - 1, page[at + place + 1]);
      }
    }
    release(old);
  }

  /** Gives a table back; another may take its name. */
  void release(final double name) {
    final StatisticsStore store = levels[level(name)];
    final int slot = slot(name);
    final int row = store.release(slot);
    if (row >= 0) {
      final int position = (int) store.page(slot)[store.offset(slot)];
      rows.page(row)[rows.offset(row) + position] = name;
      rows.touch(row);
    }
  }

  /** Tells a table that its row has another number now. */
  void setOwner(final double name, final int row) {
    levels[level(name)].setOwner(slot(name), row);
    levels[level(name)].touch(slot(name));
  }

  /** Whether a name read from an image is that of a sound table of a row. */
  boolean isSound(final double name, final int row, final int position, final int values) {
    if (!(name >= 1 && name <= (double) Integer.MAX_VALUE * LEVELS && name == Math.rint(name))
        || level(name) >= levels.length
        || slot(name) >= levels[level(name)].count()) {
      return false;
    }
    final StatisticsStore store = levels[level(name)];
    final double[] page = store.page(slot(name));
    final int at = store.offset(slot(name));
    if (store.owner(slot(name)) != row || page[at] != position) {
      return false;
    }
    final int room = room(level(name));
    int used = 0;
    for (int place = HEAD; room < values && place <= room; place += 2) {
      final double value = page[at + place];
      if (!(value >= 0 && value <= values && value == Math.rint(value))) {
        return false;
      }
      used += value > 0 ? 1 : 0;
    }
    return 2 * used < room && (room >= values || level(name) + 1 < levels.length);
  }
}
