package dev.braid.benchmarks.numbers;

import dev.braid.connectors.stream.StreamOptions;
import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A stream whose events have a number to be predicted, read as a whole.
 *
 * @param x by event, then feature
 * @param y by event
 */
record NumberStream(Schema schema, List<double[]> x, List<Double> y) {
  private static final int FEATURES = 10;

  /** Which features matter in Friedman's function, before, between and behind two changes. */
  private static final int[][] CONCEPTS = {{0, 1, 2, 3, 4}, {3, 4, 0, 1, 2}, {8, 5, 6, 7, 9}};

  /** Table and column of the streams made of one column of a table, without its class. */
  private static final Map<String, List<String>> COLUMNS = new LinkedHashMap<>();

  /** What the generated streams are. */
  private static final Map<String, String> GENERATED = new LinkedHashMap<>();

  static {
    GENERATED.put("fried", "Friedman's first function of ten features, noise of variance 1");
    GENERATED.put("fried_a", "the same; other features matter from a third and two thirds on");
    GENERATED.put("fried_g", "the same, changing over a thirtieth of the stream");
    GENERATED.put("hyper", "a linear function of ten features that turns all the time");
    COLUMNS.put("price", List.of("electricity", "nswprice"));
    COLUMNS.put("demand", List.of("electricity", "nswdemand"));
    COLUMNS.put("bike", List.of("bike", "f3"));
    COLUMNS.put("weather", List.of("weather", "f0"));
  }

  /** Every stream and what it is, in the order of the tables. */
  static Map<String, String> names() {
    final Map<String, String> names = new LinkedHashMap<>(GENERATED);
    COLUMNS.forEach(
        (name, column) ->
            names.put(name, "column " + column.get(1) + " of " + column.get(0) + ".arff"));
    return names;
  }

  /**
   * Opens a stream; the same events every time.
   *
   * @param length events at the most; the changes of generated ones scale with it
   * @param options where tables lie
   * @throws IllegalArgumentException if there is no such stream
   */
  static NumberStream open(final String name, final int length, final StreamOptions options) {
    if (COLUMNS.containsKey(name)) {
      final List<String> column = COLUMNS.get(name);
      return column(column.get(0), column.get(1), length, options);
    }
    return switch (name) {
      case "fried" -> friedman(length, false, false);
      case "fried_a" -> friedman(length, true, false);
      case "fried_g" -> friedman(length, true, true);
      case "hyper" -> hyperplane(length);
      default ->
          throw new IllegalArgumentException(
              "There is no stream of numbers '" + name + "'; there are " + names().keySet());
    };
  }

  /** Friedman, "Multivariate adaptive regression splines", Annals of Statistics 1991. */
  private static NumberStream friedman(
      final int length, final boolean changes, final boolean gradual) {
    final NumberStream stream = generated();
    final SplittableRandom random = new SplittableRandom(5);
    for (int t = 0; t < length; t++) {
      final double[] x = random.doubles(FEATURES).toArray();
      final int[] f = CONCEPTS[changes ? concept(t, length, gradual, random) : 0];
      stream.add(
          x,
          10 * Math.sin(Math.PI * x[f[0]] * x[f[1]])
              + 20 * Math.pow(x[f[2]] - 0.5, 2)
              + 10 * x[f[3]]
              + 5 * x[f[4]]
              + random.nextGaussian());
    }
    return stream;
  }

  private static int concept(
      final int t, final int length, final boolean gradual, final SplittableRandom random) {
    if (!gradual) {
      return Math.min(2, (int) (3L * t / length));
    }
    final boolean first = t < length / 2;
    final double from = (first ? 1 : 2) * length / 3.0;
    final double after = 1 / (1 + Math.exp(-4 * (t - from) / (length / 30.0)));
    return (first ? 0 : 1) + (random.nextDouble() < after ? 1 : 0);
  }

  /** Hulten, Spencer and Domingos, "Mining time-changing data streams", KDD 2001. */
  private static NumberStream hyperplane(final int length) {
    final NumberStream stream = generated();
    final SplittableRandom random = new SplittableRandom(7);
    final double[] weight = random.doubles(FEATURES).toArray();
    final double[] turn = new double[FEATURES];
    Arrays.fill(turn, 5e-4);
    for (int t = 0; t < length; t++) {
      final double[] x = random.doubles(FEATURES).toArray();
      double y = 0.05 * random.nextGaussian();
      for (int f = 0; f < FEATURES; f++) {
        y += weight[f] * x[f];
        weight[f] += turn[f];
        turn[f] = random.nextInt(1000) == 0 ? -turn[f] : turn[f];
      }
      stream.add(x, y);
    }
    return stream;
  }

  private static NumberStream generated() {
    return new NumberStream(
        Schema.ofQuantity(Schema.numeric(FEATURES, 0).features()),
        new ArrayList<>(),
        new ArrayList<>());
  }

  private static NumberStream column(
      final String table, final String column, final int length, final StreamOptions options) {
    final String name = table.equals("electricity") ? "elec" : file(table, options);
    try (InstanceSource source = StreamSpec.parse(name, options).open(1, length)) {
      final int target = source.schema().featureIndex(column);
      final List<Feature> others = new ArrayList<>(source.schema().features());
      others.remove(target);
      final NumberStream stream =
          new NumberStream(Schema.ofQuantity(others), new ArrayList<>(), new ArrayList<>());
      for (Instance event = source.next();
          event != null && stream.y().size() < length;
          event = source.next()) {
        final double[] x = new double[others.size()];
        System.arraycopy(event.x(), 0, x, 0, target);
        System.arraycopy(event.x(), target + 1, x, target, x.length - target);
        if (!Double.isNaN(event.x()[target])) {
          stream.add(x, event.x()[target]);
        }
      }
      return stream;
    }
  }

  private static String file(final String table, final StreamOptions options) {
    for (final String ending : List.of(".arff", ".arff.xz")) {
      if (options.dataFolder() != null
          && Files.exists(options.dataFolder().resolve(table + ending))) {
        return options.dataFolder().resolve(table + ending).toString();
      }
    }
    throw new IllegalArgumentException(
        "Stream '" + table + "' needs " + table + ".arff or .arff.xz in the folder of --data");
  }

  private void add(final double[] features, final double target) {
    x.add(features);
    y.add(target);
  }
}
