package dev.braid.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoTest {
  private final List<String> asked = new ArrayList<>();

  private List<String> read(final String text) {
    asked.add(text);
    if (text.isEmpty()) {
      throw new IllegalArgumentException("nothing to read");
    }
    return List.of(text);
  }

  @Test
  void aTextIsReadOnce() {
    final Memo<String, List<String>> memo = new Memo<>(this::read);
    assertSame(memo.of("knn"), memo.of(new String("knn")));
    assertEquals(List.of("knn"), asked);
  }

  @Test
  void aTextThatCannotBeReadIsRefusedEachTime() {
    final Memo<String, List<String>> memo = new Memo<>(this::read);
    assertThrows(IllegalArgumentException.class, () -> memo.of(""));
    assertThrows(IllegalArgumentException.class, () -> memo.of(""));
    assertEquals(2, asked.size());
  }

  @Test
  void howeverManyTextsItKeepsFew() {
    final Memo<String, List<String>> memo = new Memo<>(this::read);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 1000; i++) {
        assertEquals(List.of("t" + i), memo.of("t" + i));
      }
    }
    assertEquals(2000, asked.size());
  }
}
