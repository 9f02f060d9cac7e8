package dev.braid.connectors.stream;

import java.nio.file.Path;

/**
 * What streams need to know beside their name.
 *
 * @param dataFolder where the files of {@code elec}, {@code airl}, {@code covt} and {@code mnist_*}
 *     lie, or null
 * @param format how a file is written
 * @param columns what the columns of a file are used for
 */
public record StreamOptions(Path dataFolder, TableFormat format, TableColumns columns) {
  /** No data folder; files tell for themselves. */
  public static final StreamOptions DEFAULT =
      new StreamOptions(null, TableFormat.FOUND, TableColumns.FOUND);

  /** The same, with the folder of the real streams. */
  public StreamOptions withData(final Path folder) {
    return new StreamOptions(folder, format, columns);
  }
}
