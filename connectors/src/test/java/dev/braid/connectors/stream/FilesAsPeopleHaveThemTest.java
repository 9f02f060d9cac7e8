package dev.braid.connectors.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CSV of all kinds, each told by its first lines how it is to be read. */
@SuppressWarnings("StringConcatToTextBlock") // How a line ends is the point.
class FilesAsPeopleHaveThemTest {
  private static final String PLAIN = "[x:numeric, colour:nominal | class: a b] 1.5,red>a 2,blue>b";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "csvbom_label_first.csv # [x:numeric | label: a b] 1>a 2>b 3>a",
        "dims.csv # [x:numeric, dim:nominal | class: a b] 1,1D>a 2,2D>b 3,3D>a",
        "gdal63_numeric_header.csv"
            + " # [Person:nominal, 2023:numeric, 2024:numeric | class: a b]"
            + " Jo,100,150>a Al,90,80>b",
        "pandas_index.csv # [x:numeric, y:numeric | class: a b] 1.5,2>a 2.5,3>b 3.5,4>a",
        "sheetjs2239_semicolon.csv # [A:numeric, B:numeric | class: p q] 1.1,2.2>p 1.5,2.7>q",
        "tad202_NA.csv # [x:numeric | class: p q] -->p 8>q 80>p -->q -->p 9>q",
      })
  void filesThatOthersStumbledOverAreUnderstood(final String file, final String expected)
      throws IOException {
    assertEquals(expected, table(Path.of("src/test/resources/files", file), StreamOptions.DEFAULT));
  }

  @Test
  void anErrorNamesTheLineAlsoBehindEmptyLinesAndQuotedEndsOfLines() {
    final Path file = Path.of("src/test/resources/files/line_numbers.csv");
    assertEquals(
        file + " line 5 has 2 cells, expected are 3",
        assertThrows(StreamException.class, () -> table(file, StreamOptions.DEFAULT)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x,colour,class\n1.5,red,a\n2,blue,b\n",
        "x;colour;class\n1.5;red;a\n2;blue;b\n",
        "x\tcolour\tclass\n1.5\tred\ta\n2\tblue\tb\n",
        "x|colour|class\r\n1.5|red|a\r\n2|blue|b\r\n",
        "x  colour class\r1.5 red   a\r2 blue b",
        // Quotes of both kinds, spaces around cells.
        "\"x\",\"colour\",\"class\"\n\"1.5\",\"red\",\"a\"\n\"2\",\"blue\",\"b\"\n",
        "'x','colour','class'\n1.5,'red','a'\n2,'blue','b'\n",
        " x , colour , class \n 1.5 , red , a \n 2 , blue , b \n",
        // Decimal commas, quoted where the comma delimits.
        "x;colour;class\n1,5;red;a\n2;blue;b\n",
        "x,colour,class\n\"1,5\",red,a\n\"2,0\",blue,b\n",
        // What a spreadsheet writes above, beside and below a table.
        "sep=;\nx;colour;class\n1,5;red;a\n2;blue;b\n",
        "\"sep=,\"\r\nx,colour,class\r\n1.5,red,a\r\n2,blue,b\r\n",
        "x,colour,class,,\n1.5,red,a,,\n2,blue,b,,\n,,,,\n",
        "Report of May\n\nx,colour,class\n1.5,red,a\n2,blue,b\n",
        // Delimiters at the end of rows, with and without one in the header.
        "x,colour,class\n1.5,red,a,\n2,blue,b,\n",
        "x,colour,class,\n1.5,red,a,\n2,blue,b,\n",
        // Comments, and a header that looks like one.
        "# made by hand\n# in May, and June\nx,colour,class\n1.5,red,a\n# half\n2,blue,b\n",
        "#x,colour,class\n1.5,red,a\n2,blue,b\n",
        // Names or numbers of rows.
        ",x,colour,class\n0,1.5,red,a\n1,2,blue,b\n",
        "Unnamed: 0,x,colour,class\n1,1.5,red,a\n2,2,blue,b\n",
        "\"x\" \"colour\" \"class\"\n\"1\" 1.5 \"red\" \"a\"\n\"2\" 2 \"blue\" \"b\"\n",
      })
  void aTableIsTheSameHoweverItIsWritten(final String text) throws IOException {
    assertEquals(PLAIN, table(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "windows-1252"})
  void encodingsAreToldByTheirMarksOrTheirBytes(final String encoding) throws IOException {
    final Charset charset = Charset.forName(encoding);
    final String text = "gr\u00f6\u00dfe,class\n1,j\u00e4\n2,n\u00f6\n";
    final String expected =
        "[gr\u00f6\u00dfe:numeric | class: j\u00e4 n\u00f6] 1>j\u00e4 2>n\u00f6";
    if (encoding.startsWith("UTF")) {
      assertEquals(expected, table(("\uFEFF" + text).getBytes(charset), StreamOptions.DEFAULT));
    }
    if (!encoding.startsWith("UTF-32")) {
      assertEquals(expected, table(text.getBytes(charset), StreamOptions.DEFAULT));
    }
    final TableFormat told = new TableFormat(charset, null, null, null, null, null);
    assertEquals(
        expected, table(text.getBytes(charset), new StreamOptions(null, told, TableColumns.FOUND)));
  }

  @Test
  void bytesThatAreNoCharactersAfterOthersThatWereAreRefusedWithTheirLine() {
    final byte[] text = "x,class\n1,\u00e4\n2,b\n3,q\n".getBytes(StandardCharsets.UTF_8);
    text[text.length - 2] = (byte) 0xFF;
    final String refusal =
        assertThrows(StreamException.class, () -> table(text, StreamOptions.DEFAULT)).getMessage();
    assertTrue(refusal.contains("--encoding"), refusal);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "1D",
        "1f",
        "0x1p3",
        "0x10",
        "NaN1",
        "1e",
        "e5",
        "1.2.3",
        "1-2",
        "12:30",
        "2026-01-02",
        "1,23,4",
        "--1",
        "5%",
        "$5",
        "\u0661\u0662"
      })
  void whatOnlyJavaOrNobodyTakesForANumberIsAName(final String cell) throws IOException {
    final String text = "x;class\n" + cell + ";a\n" + cell + "b;b\n";
    assertTrue(table(text).startsWith("[x:nominal | class: a b]"), table(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "x,class\\n\"1,234.5\",a\\n12.5,b # 1234.5 # 12.5",
        "x,class\\n\"1,234\",a\\n\"12,345,678\",b # 1234 # 12345678",
        "x;class\\n1.234,5;a\\n12,5;b # 1234.5 # 12.5",
        "x;class\\n1,234;a\\n2,345;b # 1.234 # 2.345",
        "x\\tclass\\n1,234\\ta\\n2,345\\tb # 1234 # 2345",
        "x;class\\n1 234,5;a\\n12,5;b # 1234.5 # 12.5",
        "x;class\\n1 234 567.25;a\\n12.5;b # 1234567.25 # 12.5",
        "x;y;class\\n0,5;1.234;a\\n0,6;0.5;b # 0.5 # 0.6",
        "x,class\\n-.5,a\\n+1.e-3,b # -0.5 # 0.001",
        "x,class\\n1e999,a\\n2,b # -- # 2",
      })
  void numbersAreReadAsTheFileWritesThem(final String text, final String first, final String second)
      throws IOException {
    final List<String> rows = rows(text.replace("\\n", "\n").replace("\\t", "\t"));
    assertEquals(first, rows.get(0).replaceAll("[,>].*", ""));
    assertEquals(second, rows.get(1).replaceAll("[,>].*", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?",
        "NA",
        "N/A",
        "n/a",
        "NaN",
        "nan",
        "-nan",
        "null",
        "NULL",
        "None",
        "\\N",
        "#N/A",
        "<NA>",
        "NaT",
        "-",
        ".",
        "inf",
        "-Infinity",
        "missing",
        "#DIV/0!"
      })
  void wordsForNothingAreMissingAmongNumbers(final String word) throws IOException {
    assertEquals(
        "[x:numeric | class: a b] 1>a -->b 3>a", table("x,class\n1,a\n" + word + ",b\n3,a\n"));
  }

  @Test
  void namesMayBeSpelledLikeNoNumber() throws IOException {
    assertEquals(
        "[province:nominal, x:numeric | class: a b] Nan,1>a Chiang,2>b inf,3>a nan,4>b --,5>a",
        table("province,x,class\nNan,1,a\nChiang,2,b\ninf,3,a\nnan,4,b\nNA,5,a\n"));
    assertEquals(
        "[province:nominal | class: a b] Nan>a inf>b nan>a",
        table("province,class\nNan,a\ninf,b\nnan,a\n", columns("class", "", "province", "")));
  }

  @Test
  void headersMayBeNumbersAndDataMayBeTexts() throws IOException {
    assertEquals("[c0:nominal | c1: a b] p>a q>b p>a", table("p,a\nq,b\np,a\n"));
    assertEquals("[name:nominal | sort: u v] p>u q>v", table("name,sort\np,u\nq,v\n"));
    assertEquals(
        "[0:numeric, 1:numeric | 2: p q] 5>p 7>q",
        table("0,1,2\n5.5,7.5,p\n7,9,q\n").replaceAll("5\\.5,7\\.5", "5").replaceAll("7,9", "7"));
    assertEquals(
        "[who:nominal, 2022:numeric | 2023: 1 2] Jo,5>1 Al,9>2 Bo,3>1",
        table("who,2022,2023\nJo,5,1\nAl,9,2\nBo,3,1\n"));
    assertEquals("[c0:numeric, c1:numeric | c2: a b] 1,2>a 4,5>b", table("1,2,a\n4,5,b\n"));
  }

  @Test
  void namesThatComeTwiceOrNotAtAllAreMadeDifferent() throws IOException {
    assertEquals(
        "[x:numeric, x_2:numeric, c2:nominal, x_3:numeric | class: a b] 1,2,u,3>a 4,5,v,6>b",
        table("x,x,,x,class\n1,2,u,3,a\n4,5,v,6,b\n"));
  }

  @Test
  void aFirstColumnWithoutANameThatDoesNotCountIsKept() throws IOException {
    assertEquals(
        "[c0:nominal, x:numeric | class: a b] Mazda,1>a Fiat,2>b",
        table(",x,class\nMazda,1,a\nFiat,2,b\n"));
    assertEquals(
        "[c0:numeric, x:numeric | class: a b] 3,1>a 7,2>b", table(",x,class\n3,1,a\n7,2,b\n"));
  }

  @Test
  void quotedCellsMayHoldDelimitersQuotesAndEndsOfLines() throws IOException {
    assertEquals(
        "[note:nominal | class: a b] one\ntwo, \"three\">a plain>b",
        table("note,class\n\"one\ntwo, \"\"three\"\"\",a\nplain,b\n"));
    assertEquals(
        "[note:nominal | class: a b] say \"hi\" now>a plain>b",
        table("note,class\n\"say \\\"hi\\\" now\",a\nplain,b\n"));
    assertEquals(
        "[note:nominal | class: a b] 5\" pipe>a 6\" pipe>b",
        table("note,class\n5\" pipe,a\n6\" pipe,b\n"));
  }

  @Test
  void whatTheUserSaysGoesBeforeWhatTheFileSays() throws IOException {
    final String text = "1;2,5;a\n3;4,5;b\n";
    assertEquals("[c0:numeric, c1:numeric | c2: a b] 1,2.5>a 3,4.5>b", table(text));
    assertEquals(
        "[1:numeric, 2,5:numeric | a: b] 3,4.5>b",
        table(text, format(new TableFormat(null, ';', null, true, ',', null))));
    assertEquals(
        "[c0:numeric, c1:nominal | c2: a b] 1,2,5>a 3,4,5>b",
        table(text, format(new TableFormat(null, null, null, null, '.', null))));
    assertEquals(
        "[c0:nominal | c1: 5;a 5;b] 1;2>5;a 3;4>5;b",
        table(text, format(new TableFormat(null, ',', null, false, null, null))));
    assertEquals(
        "[x:numeric | class: NA b] -->NA 2>b",
        table(
            "x,class\n-9,NA\n2,b\n",
            format(new TableFormat(null, null, null, null, null, Set.of("-9")))));
    assertEquals(
        "[c0:nominal | c1: 'a' 'b'] '1'>'a' '2'>'b'",
        table("'1','a'\n'2','b'\n", format(new TableFormat(null, null, '"', false, null, null))));
  }

  @Test
  void columnsCanBeLeftOutAndTheirKindSetByName() throws IOException {
    final String text = "id,zip,x,class\nu,10115,1,a\nv,80331,x,b\n";
    assertEquals(
        "[zip:nominal, x:numeric | class: a b] 10115,1>a 80331,-->b",
        table(text, columns(null, "id", "zip", "x")));
    assertEquals(
        "[id:nominal, x:nominal, class:nominal | zip: 10115 80331] u,1,a>10115 v,x,b>80331",
        table(text, columns("zip", "", "", "")));
    assertRefused(text, columns(null, "idd", "", ""), "has no column 'idd', as --drop says");
    assertRefused(
        text, columns(null, "id", "id", ""), "column 'id' is in both --drop and --nominal");
    assertRefused(
        text, columns("id", "id", "", ""), "column 'id' is in both --label-column and --drop");
    assertRefused(text, columns(null, "id,zip,x", "", ""), "fewer than two columns to learn from");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "price | x,price#1,10.5#2,11#3,9.25# | 10.5 11.0 9.25",
        "price | x;price#1;10,5#2;11#3;9,25# | 10.5 11.0 9.25",
        "target | x,y,target#1,2,151#2,3,75#3,4,?#4,5,141# | 151.0 75.0 -- 141.0",
        "age | x,age#1,1e3#2,2.5e3#3,4e3# | 1000.0 2500.0 4000.0"
      })
  void aNumericTargetIsRecognisedAndPredicted(
      final String name, final String lines, final String numbers) throws IOException {
    final String text = lines.replace('#', '\n');
    final String table = table(text);
    assertTrue(table.contains("| " + name + ": a number]"), table);
    assertEquals(numbers, table.replaceAll("[^>]*>([^ ]*)", "$1 ").strip(), table);
    assertFalse(table(text, columns(null, "", name, "")).contains("a number"));
  }

  @Test
  void whatLooksLikeClassesIsANumberWhereTheUserSaysSo() throws IOException {
    final String text = "x,y\n1,0\n2,1\n3,none\n";
    assertTrue(table(text, columns(null, "", "", "y")).endsWith("| y: a number] 1>0.0 2>1.0 3>--"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x,y\n1,0\n2,1\n3,2\n",
        "x,y\n1,-1\n2,1\n",
        "x,y\n1,1.0\n2,0.0\n3,NaN\n",
        "x,y\n1,10\n2,20\n3,10\n4,20\n5,30\n6,10\n7,10\n8,10\n9,20\n1,30\n1,10\n2,20\n"
      })
  void numbersThatStandForClassesAreClasses(final String text) throws IOException {
    assertTrue(table(text).startsWith("[x:numeric | y: "), table(text));
  }

  @Test
  void oneLineSaysHowAFileIsUnderstood() throws IOException {
    final Path file =
        Files.writeString(
            folder.resolve("small.csv"),
            "sep=;\n;x;colour;id;class\n1;1,5;red;u;a\n2;2,5;blue;v;b\n3;3;red;w;a\n");
    assertEquals(
        "small.csv: CSV in UTF-8, delimited by ';', with a header in line 2, with decimal commas;"
            + " 3 rows; 1 numeric (x), 1 nominal (colour); label 'class', 2 classes (a, b); left"
            + " out: id; the first column has no name and counts the rows: left out",
        StreamSpec.parse(file.toString(), columns(null, "id", "", "")).understood());
    final Path arff =
        Files.writeString(
            folder.resolve("small.arff"),
            "@attribute x real\n@attribute c {a,b}\n@data\n" + "1,a\n".repeat(1_001));
    assertEquals(
        "small.arff: ARFF in UTF-8; judged by its first 1,000 rows; 1 numeric (x), no nominal;"
            + " label 'c', 2 classes (a, b)",
        StreamSpec.parse(arff.toString(), StreamOptions.DEFAULT).understood());
    assertEquals("", StreamSpec.parse("sea_a", StreamOptions.DEFAULT).understood());
  }

  @Test
  void aColumnWithAnotherValueInEveryRowIsNamed() throws IOException {
    final String rows =
        IntStream.range(0, 200)
            .mapToObj(i -> "u" + i + "," + i + ",a\n")
            .collect(Collectors.joining());
    final Path file = Files.writeString(folder.resolve("ids.csv"), "id,x,class\n" + rows);
    final String line = StreamSpec.parse(file.toString(), StreamOptions.DEFAULT).understood();
    assertTrue(line.endsWith("another value in every row: id (leave it out with --drop?)"), line);
  }

  @Test
  void fortyThousandDifferentNamesAreReadInLinearTime() throws IOException {
    final String rows =
        IntStream.range(0, 40_000)
            .mapToObj(i -> "user" + i + "," + i % 7 + ",l" + i + "\n")
            .collect(Collectors.joining());
    final Path file = Files.writeString(folder.resolve("ids.csv"), "id,x,class\n" + rows);
    assertTimeout(
        Duration.ofSeconds(5),
        () -> {
          try (InstanceSource source =
              StreamSpec.parse(file.toString(), StreamOptions.DEFAULT).open(1, -1)) {
            int read = 0;
            while (source.next() != null) {
              assertEquals("user" + read, source.schema().features().get(0).values().get(read));
              read++;
            }
            assertEquals(40_000, read);
            assertEquals(40_000, source.schema().classCount());
          }
        });
  }

  @Test
  void whatIsNoTableIsRefusedInOneSentence() throws IOException {
    assertRefused("x\n1\n2\n", StreamOptions.DEFAULT, "has fewer than two columns");
    assertRefused("x,class\n", StreamOptions.DEFAULT, "line 1 is a header, and no row is below");
    assertRefused(" \n\n", StreamOptions.DEFAULT, "is empty");
    assertRefused(
        "x,class\n1,a\n\"2,b\n", StreamOptions.DEFAULT, "line 3: a quote that opens here");
    assertRefused("x,class\n1,\0\n", StreamOptions.DEFAULT, "line 2 is not text");
    assertRefused("PK\u0003\u0004abc", StreamOptions.DEFAULT, "a spreadsheet or an archive");
    assertRefused("{\"a\":1,\"b\":2}\n", StreamOptions.DEFAULT, "begins like JSON");
    assertRefused(
        "\n<!DOCTYPE html>\n<html>", StreamOptions.DEFAULT, "begins like JSON, HTML or XML");
    assertRefused("PAR1abc", StreamOptions.DEFAULT, "a Parquet file");
  }

  private void assertRefused(
      final String text, final StreamOptions options, final String expected) {
    final StreamException refused =
        assertThrows(StreamException.class, () -> table(text, options), text);
    assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    assertTrue(refused.getMessage().contains("small.csv"), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
  }

  private static StreamOptions format(final TableFormat format) {
    return new StreamOptions(null, format, TableColumns.FOUND);
  }

  private static StreamOptions columns(
      final String label, final String drop, final String nominal, final String numeric) {
    return new StreamOptions(
        null,
        TableFormat.FOUND,
        new TableColumns(label, names(drop), names(nominal), names(numeric)));
  }

  private static List<String> names(final String list) {
    return list.isEmpty() ? List.of() : List.of(list.split(","));
  }

  private List<String> rows(final String text) throws IOException {
    final String table = table(text);
    return List.of(table.substring(table.indexOf(']') + 2).split(" "));
  }

  private String table(final String text) throws IOException {
    return table(text, StreamOptions.DEFAULT);
  }

  private String table(final String text, final StreamOptions options) throws IOException {
    return table(text.getBytes(StandardCharsets.UTF_8), options);
  }

  private String table(final byte[] text, final StreamOptions options) throws IOException {
    return table(Files.write(folder.resolve("small.csv"), text), options);
  }

  /** Schema and rows, for instance {@code [x:numeric | class: a b] 1>a 2>b}. */
  private static String table(final Path file, final StreamOptions options) {
    try (InstanceSource source = StreamSpec.parse(file.toString(), options).open(1, -1)) {
      final List<Instance> rows = new ArrayList<>();
      for (Instance row = source.next(); row != null; row = source.next()) {
        rows.add(row);
      }
      final Schema schema = source.schema();
      final List<Feature> features = schema.features();
      final String label =
          options.columns().label() != null ? options.columns().label() : labelOf(file, options);
      return features.stream()
              .map(f -> f.name() + ":" + f.kind().name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", ", "[", " | " + label + ": "))
          + (schema.target() instanceof Target.Quantity
              ? "a number"
              : String.join(" ", schema.classes()))
          + "]"
          + rows.stream().map(row -> " " + row(schema, row)).collect(Collectors.joining());
    }
  }

  private static String labelOf(final Path file, final StreamOptions options) {
    final String line = StreamSpec.parse(file.toString(), options).understood();
    return line.replaceFirst(".*label '", "").replaceFirst("', .*", "");
  }

  private static String row(final Schema schema, final Instance row) {
    final List<String> cells = new ArrayList<>();
    for (int f = 0; f < row.x().length; f++) {
      final double value = row.x()[f];
      if (Double.isNaN(value)) {
        cells.add("--");
      } else if (schema.features().get(f).isNominal()) {
        cells.add(schema.features().get(f).values().get((int) value));
      } else {
        cells.add(value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value));
      }
    }
    return String.join(",", cells)
        + ">"
        + (schema.target().isKnown(row.target()) ? schema.target().text(row.target()) : "--");
  }
}
