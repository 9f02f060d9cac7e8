package dev.braid.router;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.SchemaPrefix;
import dev.braid.state.image.Column;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.PackedParts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Opens a learner anew and tells it again all that was saved of its {@link Youth}. */
final class Reliving {
  private final SavedLearner young;
  private final ImageReader in;
  private final List<Schema> growths = new ArrayList<>();

  /** In force one after the other. */
  private final List<LearnerSpec> specs = new ArrayList<>();

  private Reliving(final SavedLearner young) {
    this.young = young;
    in = young.chunk(SavedLearner.ROUTER, 0);
  }

  /**
   * The learner as it was saved.
   *
   * @throws MalformedImageException if that is no youth
   */
  static Learner of(final SavedLearner young) {
    return new Reliving(young).relive();
  }

  private Learner relive() {
    in.begin(ImageKind.YOUTH);
    int[] sizes = in.getInts();
    final Schema opened = SchemaPrefix.of(young.schema(), sizes);
    final byte[] sorts = in.getBytes();
    if (sorts.length > Youth.MOST_CALLS) {
      throw new MalformedImageException(sorts.length + " calls of a young learner");
    }
    Schema last = opened;
    for (final byte sort : sorts) {
      if (sort == Youth.GROWTH) {
        sizes = grown(sizes);
        final Schema larger = SchemaPrefix.of(young.schema(), sizes);
        growths.add(larger.equals(last) ? last : larger);
        last = larger;
      }
    }
    if (!last.equals(young.schema())) {
      throw new MalformedImageException("the youth of a learner of another schema");
    }
    for (final byte sort : sorts) {
      if (sort == Youth.RESPECIFIED) {
        specs.add(LearnerSpec.read(in));
      }
    }
    specs.add(young.identity().savedAs());
    final List<Told.Event> events = events(opened, sorts);
    in.end();
    return tell(opened, sorts, events);
  }

  private int[] grown(final int[] before) {
    final int length =
        in.getIntIn(before.length, 1 + young.schema().featureCount(), "length of a schema");
    final int[] sizes = Arrays.copyOf(before, length);
    final int[] changes = in.getInts();
    for (int i = 0; i + 1 < changes.length; i += 2) {
      if (changes[i] < 0 || changes[i] >= length || changes[i + 1] < sizes[changes[i]]) {
        throw new MalformedImageException("the schema of a young learner shrinks");
      }
      sizes[changes[i]] = changes[i + 1];
    }
    return sizes;
  }

  private List<Told.Event> events(final Schema opened, final byte[] sorts) {
    final double[][] rows = rows(opened, sorts);
    for (int f = 0; f < young.schema().featureCount(); f++) {
      readColumn(f, rows);
    }
    final double[] targets = new double[rows.length];
    final double[] weights = new double[rows.length];
    Column.read(targets, targets.length, in);
    Column.read(weights, weights.length, in);
    final List<Told.Event> events = new ArrayList<>();
    for (final byte sort : sorts) {
      if (sort == Youth.EVENT || sort == Youth.LATE) {
        final int e = events.size();
        events.add(
            new Told.Event(rows[e], targets[e], weights[e], sort == Youth.LATE ? then() : null));
      }
    }
    return events;
  }

  /** Room for the values of each event: as many as there were features then. */
  private double[][] rows(final Schema opened, final byte[] sorts) {
    final List<double[]> rows = new ArrayList<>();
    int features = opened.featureCount();
    int growth = 0;
    for (final byte sort : sorts) {
      switch (sort) {
        case Youth.GROWTH -> features = growths.get(growth++).featureCount();
        case Youth.EVENT, Youth.LATE -> rows.add(new double[features]);
        case Youth.RESPECIFIED, Youth.DRAINED -> {}
        default -> throw new MalformedImageException("call " + sort + " of a young learner");
      }
    }
    return rows.toArray(double[][]::new);
  }

  private void readColumn(final int f, final double[][] rows) {
    int without = 0;
    while (without < rows.length && rows[without].length <= f) {
      without++;
    }
    final double[] column = new double[rows.length - without];
    Column.read(column, column.length, in);
    final Feature feature = young.schema().features().get(f);
    for (int i = 0; i < column.length; i++) {
      if (feature.isNominal() && !Double.isNaN(column[i])) {
        ImageReader.checked(
            column[i], 0, feature.values().size() - 1.0, "value of a nominal feature");
      }
      rows[without + i][f] = column[i];
    }
  }

  private Told.Then then() {
    final double number = in.getDouble();
    final double[] recollection = in.getDoubles();
    final double[] members = new double[in.getIntIn(0, 1 << 20, "predictions of members")];
    Column.read(members, members.length, in);
    return new Told.Then(number, recollection, members);
  }

  private Learner tell(final Schema opened, final byte[] sorts, final List<Told.Event> events) {
    int spec = 0;
    int growth = 0;
    int event = 0;
    PoolLearner learner = (PoolLearner) Presets.open(specs.get(spec++), opened);
    for (final byte sort : sorts) {
      switch (sort) {
        case Youth.GROWTH -> learner.grow(growths.get(growth++));
        case Youth.RESPECIFIED -> learner = respecified(learner, specs.get(spec++));
        case Youth.DRAINED -> drain(learner);
        default -> tell(learner, events.get(event++));
      }
    }
    if (!learner.spec().equals(young.spec())) {
      learner = respecified(learner, young.spec());
    }
    learner.relived(young.identity());
    return learner;
  }

  private static void drain(final Learner learner) {
    if (learner.drainPoolEvents().isEmpty()) {
      throw new MalformedImageException("a young learner handed out what did not happen");
    }
  }

  private static void tell(final Learner learner, final Told.Event event) {
    if (event.then() == null) {
      learner.learn(event.x(), event.target(), event.weight());
    } else {
      learner.learn(event.x(), event.target(), event.then().prediction());
    }
  }

  /** The same learner under another specification, by way of its image. */
  private static PoolLearner respecified(final PoolLearner learner, final LearnerSpec spec) {
    final ImageWriter out = new ImageWriter(1 << 16);
    PackedParts.write(learner.wholeParts(), Integer.MAX_VALUE, out);
    final PackedParts parts = PackedParts.read(new ImageReader(out.toByteArray()));
    final LearnerIdentity identity = new LearnerIdentity(spec, learner.schema(), learner.members());
    final PoolLearner other = (PoolLearner) Presets.readWhole(new SavedLearner(identity, parts));
    other.respecified(learner);
    return other;
  }
}
