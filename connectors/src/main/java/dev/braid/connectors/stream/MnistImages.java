package dev.braid.connectors.stream;

import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Handwritten digits, 28 x 28 grey values from 0 to 255 with the digit before them, made half as
 * wide and as high by taking the mean of each two by two.
 *
 * @param pixels from 0 to 1 row by row, shape [images, {@link #PIXELS}]
 * @param digits what each image shows, shape [images]
 */
record MnistImages(List<double[]> pixels, List<Integer> digits) {
  /** Of a row and of a column. */
  static final int SIDE = 14;

  static final int PIXELS = SIDE * SIDE;
  static final int DIGITS = 10;

  private static final int FULL_SIDE = 2 * SIDE;
  private static final StreamOptions WRITTEN =
      new StreamOptions(
          null,
          new TableFormat(null, ',', null, false, '.', null),
          new TableColumns("c0", List.of(), List.of("c0"), List.of()));

  private static final double FOUR_WHITE_PIXELS = 4 * 255;

  /**
   * Reads all images of a table.
   *
   * @throws StreamException if it holds something else
   */
  static MnistImages read(final Path file) {
    final List<double[]> pixels = new ArrayList<>();
    final List<Integer> digits = new ArrayList<>();
    try (InstanceSource rows = new FileStream(file, WRITTEN, -1).open(0, -1)) {
      if (rows.schema().featureCount() != FULL_SIDE * FULL_SIDE) {
        throw new StreamException(
            file + " does not hold images of " + FULL_SIDE + " x " + FULL_SIDE + " pixels");
      }
      for (Instance row = rows.next(); row != null; row = rows.next()) {
        pixels.add(halved(row.x()));
        digits.add(digit(file, rows.schema().classes().get(row.label())));
      }
    }
    return new MnistImages(List.copyOf(pixels), List.copyOf(digits));
  }

  private static double[] halved(final double[] image) {
    final double[] small = new double[PIXELS];
    for (int p = 0; p < image.length; p++) {
      final int row = p / FULL_SIDE / 2;
      final int column = p % FULL_SIDE / 2;
      small[row * SIDE + column] += image[p] / FOUR_WHITE_PIXELS;
    }
    return small;
  }

  private static int digit(final Path file, final String label) {
    if (label.length() != 1 || label.charAt(0) < '0' || label.charAt(0) > '9') {
      throw new StreamException(file + " holds the label '" + label + "', which is no digit");
    }
    return label.charAt(0) - '0';
  }
}
