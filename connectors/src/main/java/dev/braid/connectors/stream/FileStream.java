package dev.braid.connectors.stream;

import dev.braid.data.InstanceSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * A table in a file.
 *
 * @param labelColumn as in {@link StreamOptions}
 */
record FileStream(Path file, String labelColumn, long length) implements StreamSpec {
  private static final int BUFFER = 1 << 16;

  static boolean isSupported(final String name) {
    final String plain = plainName(name);
    return plain.endsWith(".arff") || plain.endsWith(".csv");
  }

  /** The name in lower case, without what compression adds. */
  private static String plainName(final String name) {
    return name.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|xz)$", "");
  }

  @Override
  public String name() {
    final String plain = plainName(file.getFileName().toString());
    return plain.substring(0, plain.lastIndexOf('.'));
  }

  @Override
  public InstanceSource open(final long seed, final long records) {
    if (!Files.isRegularFile(file)) {
      throw new StreamException("there is no file " + file);
    }
    final BufferedReader reader = reader();
    try {
      final InstanceSource source =
          plainName(file.toString()).endsWith(".arff")
              ? ArffSource.open(reader, file.toString(), labelColumn)
              : CsvSource.open(reader, file.toString(), labelColumn);
      final long limit = records < 0 ? length : records;
      return limit < 0 ? source : new LimitedSource(source, limit);
    } catch (final RuntimeException failed) {
      try {
        reader.close();
      } catch (final IOException e) {
        failed.addSuppressed(e);
      }
      throw failed;
    }
  }

  @Override
  public List<DriftPoint> driftPoints(final long records) {
    return List.of();
  }

  private BufferedReader reader() {
    try {
      InputStream in = Files.newInputStream(file);
      final String name = file.toString().toLowerCase(Locale.ROOT);
      if (name.endsWith(".gz")) {
        in = new GZIPInputStream(in, BUFFER);
      } else if (name.endsWith(".xz")) {
        in = new XZInputStream(in);
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), BUFFER);
    } catch (final IOException e) {
      throw new StreamException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
