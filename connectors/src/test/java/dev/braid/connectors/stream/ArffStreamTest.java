package dev.braid.connectors.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Target;
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
  void whatASparseRowLeavesOutIsNoughtOrTheFirstName() throws IOException {
    try (InstanceSource source = open(header() + "{0 1, 1 yes}\n{ 1 ? }\n{}\n{0 '2.5'}", null)) {
      assertInstance(new double[] {1}, 1, source.next());
      assertInstance(new double[] {0}, -1, source.next());
      assertInstance(new double[] {0}, 0, source.next());
      assertInstance(new double[] {2.5}, 0, source.next());
      assertNull(source.next());
    }
  }

  @Test
  void brokenSparseRowsAreRefused() {
    assertRefused(header() + "{0 1, 2 yes}\n", "line 4: '2' is no attribute's index");
    assertRefused(header() + "{0 1, 1\n", "line 4: the sparse row ends in the middle of a value");
    assertRefused(header() + "{0 1, 1 no\n", "line 4: the sparse row has no closing brace");
  }

  @Test
  void otherTypesOfAttributeAreRefused() {
    assertRefused(
        "@relation r\n@attribute t string\n@attribute c {a,b}\n@data\n",
        "line 2: attribute 't' is of type 'string', supported are numeric and nominal ones");
  }

  @Test
  void textAndDateAttributesCanBeLeftOutOrTakenAsNamesByName() throws IOException {
    final String text =
        """
        @attribute t string
        @attribute when date 'yyyy-MM-dd'
        @attribute x real
        @attribute c {a,b}
        @data
        'some text','2026-01-02',1,b
        """;
    assertRefused(text, "line 1: attribute 't' is of type 'string'");
    final TableColumns columns = new TableColumns(null, List.of("when"), List.of("t"), List.of());
    try (InstanceSource source = openWith(text, columns)) {
      assertEquals(
          List.of(Feature.nominal("t", "some text"), Feature.numeric("x")),
          source.schema().features());
      assertInstance(new double[] {0, 1}, 1, source.next());
    }
  }

  @Test
  void valuesThatWereNotDeclaredAreAddedAsMoaAddsThem() throws IOException {
    try (InstanceSource source = open(header() + "1,maybe\n2,no\n", null)) {
      assertInstance(new double[] {1}, 2, source.next());
      assertEquals(List.of("no", "yes", "maybe"), source.schema().classes());
    }
  }

  @Test
  void wrongNumbersAreRefused() {
    assertRefused(header() + "warm,yes\n", "line 4: 'warm' is not a finite number");
  }

  @Test
  void numbersThatAreNotFiniteAreMissing() throws IOException {
    try (InstanceSource source = open(header() + "NaN,yes\n-Infinity,no\n1e999,no", null)) {
      assertInstance(new double[] {Double.NaN}, 1, source.next());
      assertInstance(new double[] {Double.NaN}, 0, source.next());
      assertInstance(new double[] {Double.NaN}, 0, source.next());
    }
  }

  /** Provinces of Thailand and elsewhere. */
  @Test
  void namesThatSpellNoNumberAreNamesWhereTheyAreDeclared() throws IOException {
    final Path file = Path.of("src/test/resources/files/province_nan.arff");
    try (InstanceSource source =
        StreamSpec.parse(file.toString(), StreamOptions.DEFAULT).open(1, -1)) {
      assertEquals(
          Feature.nominal("province", "Nan", "Chiang", "inf"), source.schema().features().get(0));
      assertInstance(new double[] {0, 1}, 0, source.next());
      assertInstance(new double[] {1, 2}, 1, source.next());
      assertInstance(new double[] {2, 3}, 0, source.next());
    }
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
  void aNumericClassIsANumberToBePredicted() throws IOException {
    final String text = "@relation r\n@attribute a {x}\n@attribute b numeric\n@data\nx,1.5\nx,?\n";
    try (InstanceSource source = open(text, null)) {
      assertEquals(new Target.Quantity(), source.schema().target());
      assertEquals(1.5, source.next().target());
      assertFalse(source.schema().target().isKnown(source.next().target()));
      assertNull(source.next());
    }
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
    return openWith(text, Labelled.columns(labelColumn));
  }

  private InstanceSource openWith(final String text, final TableColumns columns)
      throws IOException {
    final Path file = Files.writeString(folder.resolve("small.arff"), text);
    return StreamSpec.parse(file.toString(), new StreamOptions(null, TableFormat.FOUND, columns))
        .open(1, -1);
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
