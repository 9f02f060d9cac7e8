package dev.braid.connectors.stream;

import static dev.braid.connectors.stream.ArffStreamTest.assertInstance;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.InstanceSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvStreamTest {
  @TempDir Path folder;

  @Test
  void kindsFollowFromTheCellsAndTheLabelFromItsName() throws IOException {
    try (InstanceSource source = open("a,label,b\n1,UP,red\n?,DOWN,\n2.5,,\"b,c\"\n", null)) {
      assertEquals(
          List.of(Feature.numeric("a"), Feature.nominal("b", "red", "b,c")),
          source.schema().features());
      assertEquals(List.of("UP", "DOWN"), source.schema().classes());
      assertInstance(new double[] {1, 0}, 0, source.next());
      assertInstance(new double[] {Double.NaN, Double.NaN}, 1, source.next());
      assertInstance(new double[] {2.5, 1}, -1, source.next());
      assertNull(source.next());
    }
  }

  @Test
  void withoutAHeaderColumnsAreNumberedAndTheLastIsTheLabel() throws IOException {
    try (InstanceSource source = open("7,1,2\n8,3,4\n", null)) {
      assertEquals(
          List.of(Feature.numeric("c0"), Feature.numeric("c1")), source.schema().features());
      assertEquals(List.of("2", "4"), source.schema().classes());
    }
  }

  @Test
  void labelCanBeAnyColumn() throws IOException {
    try (InstanceSource source = open("7,1,2\n8,3,4\n", "c0")) {
      assertEquals(List.of("7", "8"), source.schema().classes());
      assertInstance(new double[] {1, 2}, 0, source.next());
    }
    assertEquals(
        folder.resolve("small.csv")
            + " has no column 'nowhere', as --label-column says; it has a, b",
        assertThrows(StreamException.class, () -> open("a,b\n1,2\n", "nowhere")).getMessage());
  }

  @Test
  void valuesBeyondTheSampleMakeTheSchemaGrow() throws IOException {
    final StringBuilder text = new StringBuilder("colour,class\n");
    text.append("red,A\n".repeat(10_000)).append("blue,B\n");
    try (InstanceSource source = open(text.toString(), null)) {
      assertEquals(List.of("A"), source.schema().classes());
      for (int i = 0; i < 10_000; i++) {
        source.next();
      }
      assertInstance(new double[] {1}, 1, source.next());
      assertEquals(List.of("A", "B"), source.schema().classes());
      assertEquals(List.of("red", "blue"), source.schema().features().get(0).values());
    }
  }

  @Test
  void textInANumericColumnBeyondTheSampleIsRefusedAndSaysWhatToDo() throws IOException {
    final String text = "a,class\n" + "1,A\n".repeat(10_000) + "x,A\n";
    try (InstanceSource source = open(text, null)) {
      for (int i = 0; i < 10_000; i++) {
        source.next();
      }
      final String refusal = assertThrows(StreamException.class, source::next).getMessage();
      assertTrue(
          refusal.startsWith(
              folder.resolve("small.csv")
                  + " line 10002: 'x' is not a finite number, as column 'a' holds"),
          refusal);
      assertTrue(refusal.contains("--missing") && refusal.contains("--nominal"), refusal);
    }
  }

  @Test
  void rowsOfAnotherLengthAreRefused() throws IOException {
    try (InstanceSource source = open("a,class\n1,A\n2\n", null)) {
      source.next();
      assertEquals(
          folder.resolve("small.csv") + " line 3 has 1 cells, expected are 2",
          assertThrows(StreamException.class, source::next).getMessage());
    }
  }

  @Test
  void emptyFileIsRefused() {
    assertEquals(
        folder.resolve("small.csv") + " is empty",
        assertThrows(StreamException.class, () -> open("", null)).getMessage());
  }

  private InstanceSource open(final String text, final String labelColumn) throws IOException {
    final Path file = Files.writeString(folder.resolve("small.csv"), text);
    return StreamSpec.parse(file.toString(), Labelled.options(labelColumn)).open(1, -1);
  }
}
