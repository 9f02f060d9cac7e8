package dev.braid.connectors.stream;

import dev.braid.data.InstanceSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A table in a file.
 *
 * @param options how it is written and what its columns are
 * @param length rows it is meant to have, or -1
 */
record FileStream(Path file, StreamOptions options, long length) implements StreamSpec {
  private static final List<String> CSV = List.of(".csv", ".tsv", ".tab", ".txt", ".data");
  private static final String ARFF = ".arff";

  static boolean isSupported(final String name) {
    final String plain = plainName(name);
    return plain.endsWith(ARFF) || CSV.stream().anyMatch(plain::endsWith);
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
    final TableSource source = table();
    final long limit = records < 0 ? length : records;
    return limit < 0 ? source : new LimitedSource(source, limit);
  }

  @Override
  public String understood() {
    try (TableSource source = table()) {
      return source.understood();
    }
  }

  @Override
  public List<DriftPoint> driftPoints(final long records) {
    return List.of();
  }

  private TableSource table() {
    if (!Files.isRegularFile(file)) {
      throw new StreamException("there is no file " + file);
    }
    final TextDecoder text = text();
    try {
      return plainName(file.toString()).endsWith(ARFF)
          ? new ArffSource(file, text, options)
          : new CsvSource(file, text, options);
    } catch (final RuntimeException failed) {
      try {
        text.close();
      } catch (final IOException e) {
        failed.addSuppressed(e);
      }
      throw failed;
    }
  }

  private TextDecoder text() {
    try {
      return TextFile.open(file, options.format().encoding());
    } catch (final IOException e) {
      throw new StreamException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
