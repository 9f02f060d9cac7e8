package dev.braid.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaGrowthTest {
  private static final Schema SMALL =
      new Schema(List.of(Feature.nominal("colour", "red"), Feature.numeric("size")), List.of("a"));

  @Test
  void aLargerSchemaKeepsEveryIndexAndTheSmallerOneStaysAsItWas() {
    final Schema larger = SMALL.withValue(0, "blue").withClass("b").withValue(0, "green");
    assertEquals(List.of("red", "blue", "green"), larger.features().get(0).values());
    assertEquals(List.of("a", "b"), larger.classes());
    assertEquals(2, larger.valueIndex(0, "green"));
    assertEquals(1, larger.classIndex("b"));
    assertEquals(List.of("red"), SMALL.features().get(0).values());
    assertEquals(-1, SMALL.valueIndex(0, "blue"));
    assertEquals(-1, SMALL.classIndex("b"));
  }

  @Test
  void oneSchemaCanGrowInTwoWays() {
    final Schema left = SMALL.withValue(0, "blue");
    final Schema right = SMALL.withValue(0, "green").withValue(0, "blue");
    assertEquals(List.of("red", "blue"), left.features().get(0).values());
    assertEquals(List.of("red", "green", "blue"), right.features().get(0).values());
    assertEquals(1, left.valueIndex(0, "blue"));
    assertEquals(2, right.valueIndex(0, "blue"));
    assertEquals(-1, left.valueIndex(0, "green"));
  }

  @Test
  void aNameCannotBeThereTwice() {
    assertThrows(IllegalArgumentException.class, () -> SMALL.withValue(0, "red"));
    assertThrows(IllegalArgumentException.class, () -> SMALL.withClass("a"));
    assertThrows(IllegalArgumentException.class, () -> SMALL.withFeature(Feature.numeric("size")));
    assertThrows(
        IllegalArgumentException.class,
        () -> SMALL.withFeature(Feature.nominal("shape", "round", "round")));
  }

  @Test
  void schemasThatGrewAlikeAreEqual() {
    assertEquals(
        new Schema(
            List.of(Feature.nominal("colour", "red", "blue"), Feature.numeric("size")),
            List.of("a", "b")),
        SMALL.withClass("b").withValue(0, "blue"));
  }

  @Test
  void aHundredThousandValuesAndClassesAreAddedInLinearTime() {
    assertTimeout(
        Duration.ofSeconds(10),
        () -> {
          Schema schema = SMALL;
          for (int i = 0; i < 100_000; i++) {
            schema = schema.withValue(0, "v" + i).withClass("c" + i);
          }
          assertEquals(100_000, schema.valueIndex(0, "v99999"));
          assertEquals(100_001, schema.classCount());
        });
  }
}
