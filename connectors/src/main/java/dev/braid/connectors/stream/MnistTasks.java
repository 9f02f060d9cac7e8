package dev.braid.connectors.stream;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Tasks over handwritten digits that follow each other and come again, the usual test beds of
 * continual learning: nothing in an event says which task it is of, and the classes are always the
 * ten digits. Every event is another image.
 *
 * @param file 10,000 images, as {@link MnistImages} reads them
 */
record MnistTasks(String name, Kind kind, Path file) implements StreamSpec {

  /** How the tasks differ. */
  enum Kind {
    /** Each task has two digits: 0 and 1, 2 and 3, and so on. */
    SPLIT(5, 2, 900),
    /** Each task has an order of the pixels of its own, the first one the usual. */
    PERMUTED(3, 3, 1100),
    /** Each task has the images turned by another quarter. */
    ROTATED(4, 2, 1250);

    final int tasks;
    final int rounds;

    /** Events of one visit to a task. */
    final int visit;

    Kind(final int tasks, final int rounds, final int visit) {
      this.tasks = tasks;
      this.rounds = rounds;
      this.visit = visit;
    }

    int visits() {
      return tasks * rounds;
    }
  }

  private static final Schema SCHEMA =
      new Schema(
          IntStream.range(0, MnistImages.PIXELS).mapToObj(p -> Feature.numeric("p" + p)).toList(),
          IntStream.range(0, MnistImages.DIGITS).mapToObj(Integer::toString).toList());

  @Override
  public long length() {
    return (long) kind.visits() * kind.visit;
  }

  /** Events of one visit where the stream is cut to fewer; it has never more than its images. */
  private int visit(final long records) {
    return (int) ((records < 0 ? length() : Math.min(records, length())) / kind.visits());
  }

  @Override
  public InstanceSource open(final long seed, final long records) {
    final MnistImages images = MnistImages.read(file);
    final int[][] order = order(seed);
    final int[] next = new int[kind.tasks];
    final List<Instance> events = new ArrayList<>();
    for (int v = 0; v < kind.visits(); v++) {
      final int task = v % kind.tasks;
      for (int e = 0; e < visit(records); e++) {
        final int image = image(images, task, next);
        events.add(
            new Instance(
                ordered(images.pixels().get(image), order[task]), images.digits().get(image)));
      }
    }
    return new Listed(events);
  }

  /**
   * The image for the next event of a task.
   *
   * @param next of each task, or in its first element of all, the first image not used yet
   */
  private int image(final MnistImages images, final int task, final int[] next) {
    final int counter = kind == Kind.SPLIT ? task : 0;
    while (next[counter] < images.digits().size()) {
      final int image = next[counter]++;
      if (kind != Kind.SPLIT || images.digits().get(image) / 2 == task) {
        return image;
      }
    }
    throw new StreamException("stream '" + name + "': " + file + " has too few images");
  }

  /** Per task, the source of each pixel. */
  private int[][] order(final long seed) {
    final SplittableRandom random = new SplittableRandom(seed);
    final int[][] order = new int[kind.tasks][];
    for (int t = 0; t < kind.tasks; t++) {
      order[t] = IntStream.range(0, MnistImages.PIXELS).toArray();
      if (kind == Kind.PERMUTED && t > 0) {
        shuffle(order[t], random);
      } else if (kind == Kind.ROTATED) {
        turn(order[t], t);
      }
    }
    return order;
  }

  private static void shuffle(final int[] order, final SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      final int j = random.nextInt(i + 1);
      final int other = order[j];
      order[j] = order[i];
      order[i] = other;
    }
  }

  private static void turn(final int[] order, final int quarters) {
    final int last = MnistImages.SIDE - 1;
    for (int p = 0; p < order.length; p++) {
      int row = p / MnistImages.SIDE;
      int column = p % MnistImages.SIDE;
      for (int q = 0; q < quarters; q++) {
        final int turned = column;
        column = last - row;
        row = turned;
      }
      order[p] = row * MnistImages.SIDE + column;
    }
  }

  private static double[] ordered(final double[] pixels, final int[] order) {
    final double[] x = new double[order.length];
    for (int p = 0; p < order.length; p++) {
      x[p] = pixels[order[p]];
    }
    return x;
  }

  @Override
  public List<DriftPoint> driftPoints(final long records) {
    final List<DriftPoint> changes = new ArrayList<>();
    for (int v = 1; v < kind.visits(); v++) {
      changes.add(new DriftPoint((long) v * visit(records), 1));
    }
    return List.copyOf(changes);
  }

  /** Events that are in memory. */
  private static final class Listed implements InstanceSource {
    private final List<Instance> events;
    private int next;

    Listed(final List<Instance> events) {
      this.events = events;
    }

    @Override
    public Schema schema() {
      return SCHEMA;
    }

    @Override
    public Instance next() {
      return next == events.size() ? null : events.get(next++);
    }

    @Override
    public void close() {}
  }
}
