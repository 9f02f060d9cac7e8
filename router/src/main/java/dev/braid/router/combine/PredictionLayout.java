package dev.braid.router.combine;

import java.util.Arrays;

/**
 * How the flat array lies that a combiner sees of an event, and that waits with the event for a
 * late label: a row for each member, one for each link of the chain, then what the links keep. A
 * row is one prediction.
 *
 * @param members who predict
 * @param links of the chain
 * @param kept rows that the links want to see again
 * @param width values of one prediction
 */
public record PredictionLayout(int members, int links, int kept, int width) {

  /** Rows of all sorts. */
  public int rows() {
    return members + links + kept;
  }

  /** Length of the array. */
  public int size() {
    return rows() * width;
  }

  /** Where the row of a link begins. */
  public int link(final int link) {
    return (members + link) * width;
  }

  /** Where a kept row begins. */
  public int kept(final int row) {
    return (members + links + row) * width;
  }

  /** The same rows, wider. */
  public PredictionLayout widened(final int wider) {
    return new PredictionLayout(members, links, kept, wider);
  }

  /**
   * Whether an array was laid out like this, perhaps when rows were less wide.
   *
   * @param length of the array
   */
  public boolean fits(final int length) {
    return length > 0 && length % rows() == 0 && length / rows() <= width;
  }

  /**
   * Copies an array that fits; values that its rows lack count as 0: a class that was not known had
   * no probability.
   */
  void copy(final double[] from, final double[] to) {
    final int known = from.length / rows();
    for (int row = 0; row < rows(); row++) {
      System.arraycopy(from, row * known, to, row * width, known);
      Arrays.fill(to, row * width + known, (row + 1) * width, 0);
    }
  }
}
