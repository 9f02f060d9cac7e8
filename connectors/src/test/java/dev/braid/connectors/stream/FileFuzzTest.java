package dev.braid.connectors.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.FuzzPieces;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Whatever the bytes, a file is read or refused in one sentence, and soon. */
@SuppressWarnings("StringConcatToTextBlock") // How a line ends is the point.
class FileFuzzTest {
  private static final int FILES = Boolean.getBoolean("braid.long") ? 1_000_000 : 3_000;
  private static final Duration SOON = Duration.ofSeconds(30);

  private static final String CSV =
      "\uFEFFx;y,z;\"a \"\"b\"\"\";class\n1,5;1.5;NA;u\n-2;\"1,234.5\";'q';v\n# no;\n;;;\nsep=;\n1e9;0x1p3;\"two\nlines\";w\n";
  private static final String ARFF =
      "% top\n@relation 'r s'\n@attribute x numeric [0,1]\n@attribute y {u,'v w',\"x\\\"\"}\n"
          + "@attribute t string\n@attribute c{a,b}\n@data\n1,u,'a\\nb',a,\n{0 2, 3 b}\n?,'?',\"\\101\",b % c\n";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"f.csv", "f.arff"})
  void anyBytesAreReadOrRefusedInOneSentence(final String name) throws IOException {
    final SplittableRandom random = new SplittableRandom(name.hashCode());
    final Path file = folder.resolve(name);
    final int[] ends = new int[2];
    for (int i = 0; i < FILES; i++) {
      final byte[] bytes = bytes(random, name.endsWith("csv") ? CSV : ARFF);
      Files.write(file, bytes);
      final boolean read = assertTimeout(SOON, () -> readOrRefused(file, bytes));
      ends[read ? 1 : 0]++;
    }
    assertTrue(
        ends[0] > FILES / 20 && ends[1] > FILES / 20, "refused, read: " + Arrays.toString(ends));
  }

  @ParameterizedTest
  @ValueSource(strings = {".gz", ".xz"})
  void damagedArchivesAreRefusedInOneSentence(final String suffix) throws IOException {
    final byte[] whole = compressed(suffix, ("x,class\n" + "1,a\n".repeat(20_000)));
    final SplittableRandom random = new SplittableRandom(5);
    final Path file = folder.resolve("f.csv" + suffix);
    for (int i = 0; i < 300; i++) {
      final byte[] bytes =
          random.nextBoolean() ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      if (bytes.length > 0) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, bytes);
      readOrRefused(file, bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"f.csv", "f.arff"})
  void aFileWithoutEndsOfLinesOrWithAnOpenQuoteNeedsLittleMemory(final String name)
      throws IOException {
    final Path file = folder.resolve(name);
    final String start = name.endsWith("csv") ? "x,class\n1,a\n\"" : "@attribute x {";
    final byte[] piece = "abcdefg hijklmn,\n".repeat(1 << 12).getBytes(StandardCharsets.UTF_8);
    final byte[] oneLine = "abcdefg hijklmn, ".repeat(1 << 12).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(start.getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 400; i++) {
        out.write(name.endsWith("csv") ? piece : oneLine);
      }
    }
    assertTimeoutPreemptively(SOON, () -> assertFalse(readOrRefused(file, new byte[0])));
  }

  /** Whether the file was read; fails where it was neither read nor refused as it should be. */
  private boolean readOrRefused(final Path file, final byte[] bytes) {
    try (InstanceSource source =
        StreamSpec.parse(file.toString(), StreamOptions.DEFAULT).open(1, -1)) {
      for (Instance row = source.next(); row != null; row = source.next()) {
        check(source.schema(), row);
      }
      return true;
    } catch (final StreamException refused) {
      final String sentence = refused.getMessage();
      assertTrue(sentence.contains(file.getFileName().toString()), sentence);
      assertEquals(1, sentence.lines().count(), sentence);
      assertTrue(sentence.length() < 2_000, sentence);
      return false;
    } catch (final RuntimeException | StackOverflowError | OutOfMemoryError other) {
      throw new AssertionError("on " + new String(bytes, StandardCharsets.ISO_8859_1), other);
    }
  }

  private static void check(final Schema schema, final Instance row) {
    assertEquals(schema.featureCount(), row.x().length);
    if (schema.target() instanceof Target.Classes) {
      assertTrue(row.label() >= -1 && row.label() < schema.classCount());
    } else {
      assertFalse(Double.isInfinite(row.target()));
    }
    for (int f = 0; f < row.x().length; f++) {
      final double value = row.x()[f];
      assertFalse(Double.isInfinite(value));
      if (schema.features().get(f).isNominal() && !Double.isNaN(value)) {
        assertTrue(value >= 0 && value < schema.features().get(f).values().size());
      }
    }
  }

  /** Mostly a good file with some damage, sometimes noise. */
  private static byte[] bytes(final SplittableRandom random, final String good) {
    if (random.nextInt(10) == 0) {
      final byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      return noise;
    }
    final StringBuilder text = new StringBuilder(random.nextBoolean() ? good : plain(good));
    for (int damage = random.nextInt(6); damage > 0; damage--) {
      final int at = random.nextInt(text.length() + 1);
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, FuzzPieces.any(random));
        case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(12)));
        case 2 -> text.insert(at, (char) random.nextInt(0x300));
        default -> text.setLength(at);
      }
    }
    final List<Charset> charsets =
        List.of(
            StandardCharsets.UTF_8,
            StandardCharsets.ISO_8859_1,
            StandardCharsets.UTF_16LE,
            StandardCharsets.UTF_16);
    return text.toString().getBytes(charsets.get(random.nextInt(6) % 4));
  }

  private static String plain(final String good) {
    return good.startsWith("%")
        ? "@attribute x real\n@attribute c {a,b}\n@data\n1,a\n2,b\n"
        : "x,y,class\n1,2,a\n3,4,b\n5,6,a\n";
  }

  private static byte[] compressed(final String suffix, final String text) throws IOException {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        suffix.equals(".gz")
            ? new GZIPOutputStream(bytes)
            : new XZOutputStream(bytes, new LZMA2Options())) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
