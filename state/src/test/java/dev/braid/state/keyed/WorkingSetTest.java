package dev.braid.state.keyed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkingSetTest {

  /** A model that counts its uses and claims a size. */
  private static final class Counter implements WorkingSet.Model {
    int uses;
    long bytes = 100;

    Counter(final int uses) {
      this.uses = uses;
    }

    @Override
    public long sizeBytes() {
      return bytes;
    }
  }

  /** Keeps the counts of models that are not hot, and remembers what was saved. */
  private static final class Counts implements WorkingSet.Store<String, Counter> {
    final Map<String, Integer> store = new HashMap<>();
    final List<String> saved = new ArrayList<>();

    @Override
    public Counter load(final String key) {
      return new Counter(store.getOrDefault(key, 0));
    }

    @Override
    public void save(final String key, final Counter model) {
      store.put(key, model.uses);
      saved.add(key);
    }
  }

  private final Counts counts = new Counts();

  @Test
  void hotModelIsTheSameObject() throws Exception {
    final var set = new WorkingSet<>(1000, counts);
    assertSame(set.use("a"), set.use("a"));
    assertEquals(1, set.loads());
    assertEquals(1, set.hits());
  }

  @Test
  void leastRecentlyUsedModelMakesRoomAndKeepsItsState() throws Exception {
    final var set = new WorkingSet<>(200, counts);
    final Counter a = set.use("a");
    a.uses++;
    set.use("b");
    set.use("a").uses++;
    set.use("c");
    assertEquals(List.of("b"), counts.saved);
    set.use("b");
    assertEquals(List.of("b", "a"), counts.saved);
    assertNotSame(a, set.use("a"));
    assertEquals(2, set.use("a").uses);
    assertEquals(200, set.bytes());
  }

  @Test
  void modelBeyondTheBoundStaysWhileItIsUsed() throws Exception {
    final var set = new WorkingSet<>(50, counts);
    final Counter big = set.use("big");
    big.uses = 7;
    assertSame(big, set.use("big"));
    set.use("other");
    assertEquals(7, set.use("big").uses);
    assertEquals(2, set.evictions());
  }

  @Test
  void growthOfAModelIsNoticed() throws Exception {
    final var set = new WorkingSet<>(1000, counts);
    set.use("old");
    final Counter growing = set.use("growing");
    growing.bytes = 950;
    for (int i = 0; i < 100; i++) {
      set.use("growing");
    }
    assertEquals(950, set.bytes());
    assertEquals(1, set.models().size());
  }

  @Test
  void modelsThatGrowInTheirOnlyUseStayWithinTheBound() throws Exception {
    final var set = new WorkingSet<>(1000, counts);
    for (int i = 0; i < 50; i++) {
      set.use("key " + i).bytes = 400;
    }
    assertEquals(3, set.size());
    assertEquals(47, counts.saved.size());
  }

  @Test
  void growthIsNoticedByModelsUsedInTurn() throws Exception {
    final var set = new WorkingSet<>(1000, counts);
    for (int use = 1; use <= 4; use++) {
      set.use("a").bytes = 100L * use;
      set.use("b").bytes = 100L * use;
    }
    set.use("c");
    assertEquals(900, set.bytes());
  }

  @Test
  void saveAllWritesOnlyModelsUsedSince() throws Exception {
    final var set = new WorkingSet<>(1000, counts);
    set.use("a");
    set.use("b");
    set.saveAll();
    assertEquals(List.of("a", "b"), counts.saved);
    set.saveAll();
    set.use("b");
    set.saveAll();
    assertEquals(List.of("a", "b", "b"), counts.saved);
  }

  @Test
  void savedModelIsNotWrittenAgainWhenItMakesRoom() throws Exception {
    final var set = new WorkingSet<>(100, counts);
    set.use("a");
    set.saveAll();
    set.use("b");
    assertEquals(List.of("a"), counts.saved);
  }

  @Test
  void lookingAtAModelMarksMovesAndCountsNothing() throws Exception {
    final var set = new WorkingSet<>(200, counts);
    final Counter a = set.use("a");
    set.use("b");
    set.saveAll();
    counts.saved.clear();
    assertSame(a, set.peek("a"));
    assertNull(set.peek("c"));
    assertEquals(0, set.hits());
    assertEquals(2, set.loads());
    set.saveAll();
    assertEquals(List.of(), counts.saved);
    set.use("c");
    assertNull(set.peek("a"), "the oldest makes room though it was looked at last");
  }

  @Test
  void boundMustBePositive() {
    assertThrows(IllegalArgumentException.class, () -> new WorkingSet<>(0, counts));
  }
}
