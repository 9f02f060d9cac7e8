package dev.braid.benchmarks.report;

/**
 * Values along one side of a picture.
 *
 * @param from value at the pixel {@code start}
 * @param to value at the pixel {@code end}
 */
record Axis(double from, double to, double start, double end) {

  /** The pixel of a value. */
  double at(final double value) {
    return to == from ? (start + end) / 2 : start + (value - from) / (to - from) * (end - start);
  }

  /** Round numbers, about that many, within the axis. */
  double[] ticks(final int about) {
    final double rough = (to - from) / about;
    if (!(rough > 0)) {
      return new double[] {from};
    }
    final double magnitude = Math.pow(10, Math.floor(Math.log10(rough)));
    final double times = rough / magnitude;
    final double step = magnitude * (times < 1.5 ? 1 : times < 3.5 ? 2 : times < 7.5 ? 5 : 10);
    final int first = (int) Math.ceil(from / step - 1e-9);
    final int last = (int) Math.floor(to / step + 1e-9);
    final double[] ticks = new double[last - first + 1];
    for (int i = 0; i < ticks.length; i++) {
      ticks[i] = (first + i) * step;
    }
    return ticks;
  }
}
