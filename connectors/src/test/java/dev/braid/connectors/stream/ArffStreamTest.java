package dev.braid.connectors.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ArffStreamTest {
  private static final String SMALL =
      """
      % a comment
      @RELATION 'small one'

      @attribute temperature REAL
      @attribute 'the sky' {clear, 'partly cloudy', "it's"}
      @attribute play {no,yes}
      @data
      % another
      20.5, 'partly cloudy', yes
      ?,clear,?
      -1e1,"it's",no
      """;

  @TempDir Path folder;

  @Test
  void attributesBecomeFeaturesAndTheLastOneTheClass() throws IOException {
    try (InstanceSource source = open(SMALL, null)) {
      assertEquals(
          List.of(
              Feature.numeric("temperature"),
              Feature.nominal("the sky", "clear", "partly cloudy", "it's")),
          source.schema().features());
      assertEquals(List.of("no", "yes"), source.schema().classes());
      assertInstance(new double[] {20.5, 1}, 1, source.next());
      assertInstance(new double[] {Double.NaN, 0}, -1, source.next());
      assertInstance(new double[] {-10, 2}, 0, source.next());
      assertNull(source.next());
    }
  }

  @Test
  void classCanBeAnotherAttribute() throws IOException {
    try (InstanceSource source = open(SMALL, "the sky")) {
      assertEquals(List.of("clear", "partly cloudy", "it's"), source.schema().classes());
      assertInstance(new double[] {20.5, 1}, 1, source.next());
    }
  }

  @Test
  void compressedFilesReadTheSame() throws IOException {
    final Path gz = folder.resolve("a.arff.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
      out.write(SMALL.getBytes(StandardCharsets.UTF_8));
    }
    final Path xz = folder.resolve("a.arff.xz");
    try (OutputStream out = new XZOutputStream(Files.newOutputStream(xz), new LZMA2Options())) {
      out.write(SMALL.getBytes(StandardCharsets.UTF_8));
    }
    for (final Path file : List.of(gz, xz)) {
      final StreamSpec spec = StreamSpec.parse(file.toString(), StreamOptions.DEFAULT);
      assertEquals("a", spec.name());
      try (InstanceSource source = spec.open(1, -1)) {
        assertInstance(new double[] {20.5, 1}, 1, source.next());
      }
    }
  }

  @Test
  void lengthCanBeCut() throws IOException {
    final Path file = Files.writeString(folder.resolve("s.arff"), SMALL);
    try (InstanceSource source =
        StreamSpec.parse(file.toString(), StreamOptions.DEFAULT).open(1, 2)) {
      source.next();
      source.next();
      assertNull(source.next());
    }
  }

  @Test
  void sparseRowsAreRefused() {
    assertRefused(header() + "{0 1, 2 yes}\n", "line 4 is sparse, which is not supported");
  }

  @Test
  void otherTypesOfAttributeAreRefused() {
    assertRefused(
        "@relation r\n@attribute t string\n@attribute c {a,b}\n@data\n",
        "line 2: attribute 't' is of type 'string', supported are numeric and nominal ones");
  }

  @Test
  void valuesThatWereNotDeclaredAreRefused() {
    assertRefused(header() + "1,maybe\n", "line 4 has the unknown class 'maybe'");
    assertRefused(
        "@relation r\n@attribute t {x}\n@attribute c {a}\n@data\ny,a\n",
        "line 5: 'y' is none of the values declared for attribute 't'");
  }

  @Test
  void wrongNumbersAreRefused() {
    assertRefused(header() + "warm,yes\n", "line 4: 'warm' is not a finite number");
    assertRefused(header() + "NaN,yes\n", "line 4: 'NaN' is not a finite number");
  }

  @Test
  void rowsOfAnotherLengthAreRefused() {
    assertRefused(header() + "1\n", "line 4 has 1 cells, expected are 2");
  }

  @Test
  void brokenQuotesAreRefused() {
    assertRefused(header() + "1,'yes\n", "line 4: a quote is not closed");
    assertRefused(header() + "1,'yes' no\n", "line 4: text follows a closing quote");
  }

  @Test
  void numericClassIsRefused() {
    assertRefused(
        "@relation r\n@attribute a {x}\n@attribute b numeric\n@data\nx,1\n",
        "attribute 'b' is to be the class but is not nominal");
  }

  @Test
  void fileWithoutDataIsRefused() {
    assertRefused("@relation r\n@attribute a {x}\n", "is not ARFF: it has no @data");
    assertRefused("hello\n", "line 1 is not ARFF");
  }

  private static String header() {
    return "@attribute t numeric\n@attribute play {no,yes}\n@data\n";
  }

  private InstanceSource open(final String text, final String labelColumn) throws IOException {
    final Path file = Files.writeString(folder.resolve("small.arff"), text);
    return StreamSpec.parse(file.toString(), new StreamOptions(null, labelColumn)).open(1, -1);
  }

  private void assertRefused(final String text, final String expected) {
    final StreamException refused =
        assertThrows(
            StreamException.class,
            () -> {
              try (InstanceSource source = open(text, null)) {
                source.next();
              }
            });
    assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    assertTrue(refused.getMessage().contains("small.arff"), refused.getMessage());
  }

  static void assertInstance(final double[] x, final int label, final Instance actual) {
    assertArrayEquals(x, actual.x());
    assertEquals(label, actual.label());
  }
}
