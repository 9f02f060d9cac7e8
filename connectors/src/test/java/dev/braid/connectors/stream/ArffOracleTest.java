package dev.braid.connectors.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.yahoo.labs.samoa.instances.ArffLoader;
import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.InstanceInformation;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MOA's own reader says what an ARFF file holds. */
@SuppressWarnings("StringConcatToTextBlock") // Tabs, carriage returns and escapes are the point.
class ArffOracleTest {
  private static final String NL = "\n";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "liac43_tab_rows", "liac89_newline_escape", "openmlpy287_comment_after_type",
        "province_nan", "river925_trailing_comma", "scipy9928_keel"
      })
  void filesThatOthersStumbledOverReadAsMoaReadsThem(final String name) throws IOException {
    assertReadsAsMoa(Files.readString(Path.of("src/test/resources/files", name + ".arff")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A row that ends with commas, one that begins with spaces, one of tabs and spaces alone.
        "@attribute x numeric\n@attribute c {a,b}\n@data\n1,a,\n  2 , b , \n3\tb\n4 a",
        // Comments behind everything, also without a space before.
        "%top\n@relation r % one\n@attribute x real%two\n@attribute c {a,b}% three\n@data % four\n1,a%x\n",
        // Ranges behind types, as KEEL writes them, and its own keywords.
        "@relation k\n@attribute x integer [0, 10]\n@attribute y real[0.5,1.5]\n"
            + "@attribute c {p, n}\n@inputs x, y\n@outputs c\n@data\n1, 0.75, p\n",
        // Nothing between a name and its values, spaces within the braces, no comma between.
        "@attribute x{u,v}\n@attribute c { a  b,c }\n@data\nv,b\nu,c\n",
        // Keywords in any case, with tabs; types that are not in the book.
        "@RELATION r\n@Attribute\tx\tREAL\n@ATTRIBUTE y double\n@attribute c {a}\n@DATA\n1 2 a\n",
        // Names and values in quotes of both kinds, with escapes.
        "@attribute 'the x' numeric\n@attribute \"a \\\"b\\\"\" {'it\\'s', \"t\\tb\", 'A\\nB', '\\101'}\n"
            + "@attribute c {'a,b','50%','{x}'}\n@data\n1,'it\\'s','50%'\n2,\"t\\tb\",'{x}'\n3,'A\\nB','a,b'\n4,A,'a,b'\n",
        // A question mark, quoted or not.
        "@attribute x numeric\n@attribute y {u,'?'}\n@attribute c {a,b}\n@data\n?,'?',b\n'?',?,'?'\n",
        // The same name twice.
        "@attribute x numeric\n@attribute x numeric\n@attribute x {a,b}\n@data\n1,2,b\n",
        // Numbers as Java reads them, quoted ones too.
        "@attribute x numeric\n@attribute c {a}\n@data\n1D,a\n0x1p3,a\n'2.5',a\nNaN,a\n+.5e-3,a\n",
        // Names that look like numbers.
        "@attribute x {1,2.0,-3}\n@attribute c {0,1}\n@data\n2.0,1\n-3,0\n",
        // Names that are not declared.
        "@attribute x {u}\n@attribute c {a}\n@data\nv,b\nu,a\nv,b\n",
        // Sparse rows, and both kinds in one file.
        "@attribute x numeric\n@attribute y {u,v}\n@attribute z real\n@attribute c {a,b}\n@data\n"
            + "{0 1.5, 3 b}\n{1 v}\n{ 2 7 , 3 a }\n4,u,5,b\n{}\n",
        // Texts between the lines, and no relation.
        "what this is\n@attribute x numeric\nunits: none\n@attribute c {a,b}\n@data\n1,a\n",
        // Several declarations on one line, and the first row behind @data.
        "@relation r @attribute x numeric @attribute c {a,b}\n@data 1,b\n2,a\n",
        // Empty lines everywhere; ends of lines of three kinds.
        "\n\n@attribute x numeric\r\n\r\n@attribute c {a,b}\r@data\r\n\r\n\r\n1,a\r2,b\r\n",
        // No line end at the end, letters beyond ASCII.
        "@attribute gr\u00f6\u00dfe numeric\n@attribute c {\u4e00,\u4e8c}\n@data\n1,\u4e8c\n2,\u4e00",
        // Empty cells that MOA passes over.
        "@attribute x numeric\n@attribute y numeric\n@attribute c {a,b}\n@data\n1,,2,a\n",
      })
  void whatMoaReadsIsReadToTheSameValues(final String text) throws IOException {
    assertReadsAsMoa(text);
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheText() throws IOException {
    final String text = "@relation r\n@attribute x numeric\n@attribute c {a,b}\n@data\n1,b\n";
    assertEquals(read(new StringReader(text)), read("\uFEFF" + text));
  }

  @Test
  void twentyThousandFilesMadeOfOddPartsReadAsMoaReadsThem() throws IOException {
    final SplittableRandom random = new SplittableRandom(16);
    int compared = 0;
    for (int file = 0; file < 20_000; file++) {
      final String text = made(random);
      final List<String> expected;
      try {
        expected = read(new StringReader(text));
      } catch (final RuntimeException moaCannot) {
        continue;
      }
      assertEquals(expected, read(text), text);
      compared++;
    }
    assertTrue(compared > 15_000, "files that MOA reads: " + compared);
  }

  @ParameterizedTest
  @ValueSource(strings = {"electricity", "adult", "nursery", "hypothyroid"})
  void realFilesReadAsMoaReadsThem(final String name) throws IOException {
    final Path path = Path.of(System.getProperty("braid.data", ""), name + ".arff.xz");
    assumeTrue(Files.exists(path), () -> "no " + path);
    final List<String> expected;
    try (BufferedReader reader = new BufferedReader(TextFile.open(path, null))) {
      expected = read(reader);
    }
    try (InstanceSource source =
        StreamSpec.parse(path.toString(), StreamOptions.DEFAULT).open(1, -1)) {
      assertEquals(expected, read(source));
    }
  }

  private void assertReadsAsMoa(final String text) throws IOException {
    final List<String> expected = read(new StringReader(text));
    assertTrue(expected.size() > 0, "MOA finds no row");
    assertEquals(expected, read(text));
  }

  /** A small table with as many oddities as MOA's reader bears. */
  private static String made(final SplittableRandom random) {
    final int columns = 2 + random.nextInt(3);
    final boolean[] nominal = new boolean[columns];
    final StringBuilder text = new StringBuilder();
    text.append(pick(random, "@relation r\n", "@RELATION 'a b' % c\n\n", "% no relation\n", ""));
    for (int c = 0; c < columns; c++) {
      nominal[c] = c == columns - 1 || random.nextBoolean();
      text.append(pick(random, "@attribute ", "@ATTRIBUTE\t", " @attribute  "));
      text.append(pick(random, "x" + c, "'x " + c + "'", "\"x\\\"" + c + "\"", "same"));
      text.append(
          nominal[c]
              ? pick(random, " {u,v,w}", "{u, v,w }", "\t{ u v w }", " {'u',\"v\",w}", " {u,v}")
              : pick(random, " numeric", " REAL", " integer [0,1]", "\treal[0.0, 9]", " float"));
      text.append(pick(random, NL, " % comment\n", "\r\n", "%{x}\n", "\n\n"));
    }
    text.append(pick(random, "@inputs x0\n", "", "")).append(pick(random, "@data\n", "@DATA %\n"));
    for (int row = 0; row < 3; row++) {
      final boolean sparse = random.nextInt(5) == 0;
      text.append(sparse ? pick(random, "{", "{ ") : pick(random, "", " "));
      for (int c = 0; c < columns; c++) {
        if (sparse) {
          // MOA takes a question mark for a name in sparse rows, and loses what is in quotes.
          text.append(c == 0 ? "" : ",").append(c).append(' ');
          text.append(nominal[c] ? pick(random, "u", "v", "w") : pick(random, "1", "-2.5e1"));
        } else {
          text.append(c == 0 ? "" : pick(random, ",", ", ", "\t", " , ", " "));
          text.append(
              nominal[c]
                  ? pick(random, "u", "v", "'w'", "\"u\"", "?", "'?'", "new", "Nan", "inf")
                  : pick(random, "1", "-2.5e1", "'3'", "?", "1D", "NaN", "0x1p3"));
        }
      }
      text.append(sparse ? "}" : pick(random, "", ",", " ,", ", "));
      text.append(pick(random, NL, " % comment\n", "\n\n", "\r\n"));
    }
    return text.toString();
  }

  private static String pick(final SplittableRandom random, final String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** Rows as MOA reads them, names as texts. */
  private static List<String> read(final Reader text) {
    final ArffLoader loader = new ArffLoader(text, 0, -1);
    final InstanceInformation header = loader.getStructure();
    final List<String> rows = new ArrayList<>();
    for (var row = loader.readInstance(); row != null; row = loader.readInstance()) {
      final List<String> cells = new ArrayList<>();
      for (int a = 0; a < header.numAttributes(); a++) {
        final Attribute attribute = header.attribute(a);
        final double value = row.value(a);
        cells.add(
            attribute.isNominal() && !Double.isNaN(value)
                ? attribute.value((int) value)
                : Double.toString(value));
      }
      rows.add(cells.toString());
    }
    return rows;
  }

  private List<String> read(final String text) throws IOException {
    final Path file = Files.writeString(folder.resolve("o.arff"), text);
    try (InstanceSource source =
        StreamSpec.parse(file.toString(), StreamOptions.DEFAULT).open(1, -1)) {
      return read(source);
    }
  }

  private static List<String> read(final InstanceSource source) {
    final List<String> rows = new ArrayList<>();
    for (Instance row = source.next(); row != null; row = source.next()) {
      final Schema schema = source.schema();
      final List<String> cells = new ArrayList<>();
      for (int f = 0; f < schema.featureCount(); f++) {
        final Feature feature = schema.features().get(f);
        final double value = row.x()[f];
        cells.add(
            feature.isNominal() && !Double.isNaN(value)
                ? feature.values().get((int) value)
                : Double.toString(value));
      }
      cells.add(row.label() < 0 ? "NaN" : schema.classes().get(row.label()));
      rows.add(cells.toString());
    }
    return rows;
  }
}
