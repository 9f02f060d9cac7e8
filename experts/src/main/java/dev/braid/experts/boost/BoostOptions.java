package dev.braid.experts.boost;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;

/**
 * Sizes of {@link BoostedTrees}.
 *
 * @param trees kept, at most; the oldest makes room for a new one
 * @param depth levels of a tree
 * @param step share of what a tree finds that counts (shrinkage)
 * @param window events that trees are fitted to, at most
 * @param sample events of the window that one tree is fitted to, at most
 * @param work cells that may be looked at for each event, on the mean
 * @param settled share of these once the window is full and all trees were grown since errors rose
 *     last; the sample is divided by it then
 */
record BoostOptions(
    int trees, int depth, double step, int window, int sample, int work, double settled) {

  static final List<Option> ALL =
      List.of(
          new Option("trees", "100", "Trees kept, 1 to 1,000."),
          new Option("depth", "5", "Levels of a tree, 1 to 8."),
          new Option("step", "0.1", "Share of what a tree finds that counts, above 0 to 1."),
          new Option(
              "window",
              "10000",
              "Events that trees are fitted to, 16 to 2^20; wide schemas keep fewer."),
          new Option("sample", "2000", "Events that one tree is fitted to, 16 to 2^20."),
          new Option("work", "6000", "Cells looked at for each event on the mean, 100 to 10^9."),
          new Option(
              "settled",
              "0.5",
              "Share of that work once the window is full, and all trees were grown since the errors"
                  + " rose last; a tree's sample is larger by as much then. Above 0 to 1."));

  static BoostOptions of(final Options options) {
    return new BoostOptions(
        options.integer("trees", 1, 1000),
        options.integer("depth", 1, 8),
        options.real("step", 1e-6, 1),
        options.integer("window", 16, 1 << 20),
        options.integer("sample", 16, 1 << 20),
        options.integer("work", 100, 1_000_000_000),
        options.real("settled", 1e-6, 1));
  }

  /** Inner nodes of a tree. */
  int inner() {
    return (1 << depth) - 1;
  }

  int leaves() {
    return 1 << depth;
  }

  void write(final ImageWriter out) {
    out.putInt(trees).putInt(depth).putDouble(step).putInt(window).putInt(sample).putInt(work);
    out.putDouble(settled);
  }

  static BoostOptions read(final ImageReader in) {
    return new BoostOptions(
        in.getIntIn(1, 1000, "trees"),
        in.getIntIn(1, 8, "depth"),
        in.getDoubleIn(0, 1, "step"),
        in.getIntIn(16, 1 << 20, "window"),
        in.getIntIn(16, 1 << 20, "sample"),
        in.getIntIn(100, 1_000_000_000, "work"),
        in.getDoubleIn(0, 1, "settled"));
  }
}
