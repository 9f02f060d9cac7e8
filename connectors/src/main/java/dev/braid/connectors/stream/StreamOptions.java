package dev.braid.connectors.stream;

import java.nio.file.Path;

/**
 * What streams need to know beside their name.
 *
 * @param dataFolder where the files of {@code elec}, {@code airl}, {@code covt} and {@code mnist_*}
 *     lie, or null
 * @param labelColumn attribute or column of a file that holds the class, or null: then the last
 *     attribute of an ARFF file, and of a CSV file the column {@code label} or {@code class}, else
 *     the last
 */
public record StreamOptions(Path dataFolder, String labelColumn) {
  /** No data folder, the label where it usually is. */
  public static final StreamOptions DEFAULT = new StreamOptions(null, null);
}
