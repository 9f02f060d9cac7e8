package dev.braid.connectors.stream;

import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Numbers to be predicted: the first function of Friedman ("Multivariate adaptive regression
 * splines", Annals of Statistics 1991, section 4.3) of ten features, of which five matter, with
 * noise of variance 1. At a third and at two thirds of the stream other features take the place of
 * these, as in Ikonomovska, Gama and Dzeroski ("Learning model trees from evolving data streams",
 * Data Mining and Knowledge Discovery 2011, section 5.1).
 *
 * @param width of a change, in a stream of {@link #LENGTH} events; 0 for an abrupt one
 */
record FriedmanStream(String name, long width) implements StreamSpec {
  static final long LENGTH = 100_000;

  private static final int FEATURES = 10;
  private static final int[][] CONCEPTS = {{0, 1, 2, 3, 4}, {3, 4, 0, 1, 2}, {8, 5, 6, 7, 9}};

  @Override
  public long length() {
    return LENGTH;
  }

  @Override
  public InstanceSource open(final long seed, final long records) {
    final long length = records < 0 ? LENGTH : records;
    return new LimitedSource(new Source(seed, driftPoints(length)), length);
  }

  @Override
  public List<DriftPoint> driftPoints(final long records) {
    final long length = records < 0 ? LENGTH : records;
    final long wide = Math.round((double) width * length / LENGTH);
    return List.of(
        new DriftPoint(length / 3, Math.max(1, wide)),
        new DriftPoint(2 * length / 3, Math.max(1, wide)));
  }

  private static final class Source implements InstanceSource {
    private final SplittableRandom random;
    private final List<DriftPoint> changes;
    private final Schema schema = Schema.ofQuantity(Schema.numeric(FEATURES, 0).features());
    private long event;

    Source(final long seed, final List<DriftPoint> changes) {
      random = new SplittableRandom(seed);
      this.changes = changes;
    }

    @Override
    public Schema schema() {
      return schema;
    }

    @Override
    public Instance next() {
      final double[] x = random.doubles(FEATURES).toArray();
      int concept = 0;
      for (final DriftPoint change : changes) {
        // From none to all over the width, with equal steps.
        final double due = (double) (event - change.position()) / change.width() + 0.5;
        concept += random.nextDouble() < due ? 1 : 0;
      }
      event++;
      final int[] of = CONCEPTS[concept];
      final double half = x[of[2]] - 0.5;
      final double number =
          10 * StrictMath.sin(Math.PI * x[of[0]] * x[of[1]])
              + 20 * half * half
              + 10 * x[of[3]]
              + 5 * x[of[4]]
              + random.nextGaussian();
      return new Instance(x, number);
    }
  }
}
