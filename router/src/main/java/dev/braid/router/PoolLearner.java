package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.data.Winsorizer;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * What all presets have in common: specification, schema, names of the experts, parts, size, that
 * nothing changes before what a caller hands in was checked, and that values far outside of all
 * that a feature had lately are pulled to its usual range before anyone sees them; numbers that are
 * predicted get their intervals. A preset says how an event is asked about, what comes of it, and
 * how it is learned.
 *
 * <p>Parts: the header, the router, then the experts; of a young learner the header and its {@link
 * Youth}. Growth of features or classes changes dirty flags of what grows; the header's first chunk
 * is written again.
 */
public abstract class PoolLearner implements Learner {
  private static final long OWN_BYTES = 1024;

  private final LearnerSpec spec;

  /** Events up to which it is young. */
  private final int young;

  private final Winsorizer winsorizer;
  private final Calibration calibration;
  private final Running ranges;
  private final Prediction own = new Prediction();
  private double arrived;
  private Schema schema;
  private Header header;
  private List<Member> members = List.of();

  /** What it was told, while it is young; else null. */
  private Youth youth;

  /**
   * @param options of the specification
   */
  protected PoolLearner(final LearnerSpec spec, final Options options, final Schema schema) {
    this.spec = spec;
    this.schema = schema;
    young = Youth.events(options);
    winsorizer = new Winsorizer(schema);
    calibration = Calibration.of(schema.target(), options);
    ranges = new Running(List.of(this::writeRanges));
  }

  /**
   * To be called at the end of construction.
   *
   * @param running what part 0 holds beside the identity, perhaps in no chunk
   * @param saved the learner that this one is read from, or null
   */
  protected final void open(
      final Part running, final List<Member> experts, final SavedLearner saved) {
    members = List.copyOf(experts);
    header = new Header(() -> new LearnerIdentity(spec, schema, members), running, ranges);
    if (saved != null) {
      saved.readHeader(1 + running.chunkCount(), this::readRanges);
      header.restored(saved.identity());
    } else if (isWhole()) {
      youth = new Youth(schema, young);
    }
  }

  /** Whether it can be opened anew by its specification, which a piece of a learner cannot. */
  boolean isWhole() {
    return true;
  }

  /**
   * All it was told in its youth was told again.
   *
   * @param as what was saved of it says of itself
   */
  final void relived(final LearnerIdentity as) {
    if (youth == null) {
      throw new MalformedImageException("the youth of a learner that is not young any more");
    }
    header.restored(as);
  }

  /** It goes on where the same learner of another specification was. */
  final void respecified(final PoolLearner before) {
    youth = before.youth;
    if (youth != null) {
      // Where it is over by this it ends with the next event: whoever reads it has its parts.
      youth.respecified(before.spec(), young);
    }
  }

  /** It was read to go on under another specification than it was saved with. */
  final void specificationChanged() {
    header.identityChanged();
    if (youth != null) {
      youth.changed();
    }
  }

  private void endYouth() {
    if (youth.isOver(this::stateBytes)) {
      youth = null;
    }
  }

  private void remember(
      final double[] x, final double target, final double weight, final Prediction then) {
    if (youth != null) {
      youth.learned(x, target, weight, then);
      endYouth();
    }
  }

  private void writeRanges(final ImageWriter out) {
    winsorizer.write(out);
    calibration.write(out);
  }

  private void readRanges(final ImageReader in) {
    winsorizer.read(in);
    calibration.read(in);
  }

  /** The pool has changed. */
  protected final void poolChanged(final List<Member> experts) {
    members = List.copyOf(experts);
    header.identityChanged();
  }

  /**
   * Looks at an event; changes nothing that a later call could see.
   *
   * @param learning whether {@link #train} follows
   */
  protected abstract void ask(double[] x, boolean learning);

  /**
   * Puts out what one expert says of an event, changes nothing that a later call could see.
   *
   * @return false if the experts say nothing for themselves
   */
  protected boolean askMember(final int expert, final double[] x, final double[] out) {
    return false;
  }

  /** Puts out what the learner says of the event asked about last; {@code out} has its shape. */
  protected abstract void publish(double[] x, Prediction out);

  /**
   * Learns from the event asked about last.
   *
   * @param weight how often it counts, above 0
   */
  protected abstract void train(double[] x, double target, double weight);

  /** Whether {@link #sayOnArrival} has a use. */
  protected final boolean saysOnArrival() {
    return calibration.wantsPredictions();
  }

  /**
   * Takes in what the learner says, before it learns, of an event whose label came late; to be
   * called by {@link #trainLate} where {@link #publish} can tell.
   */
  protected final void sayOnArrival(final double[] x) {
    show(x, own);
    arrived = own.number();
  }

  /**
   * Learns from an event whose label came late, if the learner makes a difference there.
   *
   * @return false if it is to be learned like any other
   */
  protected boolean trainLate(final double[] x, final double target, final Prediction then) {
    return false;
  }

  /** The schema has grown. */
  protected abstract void grown(Schema larger);

  /** Part 1: what weighs, chooses or combines the experts. */
  protected abstract Part router();

  /** The other parts, one per expert. */
  protected abstract List<? extends Part> experts();

  /** Heap bytes of all but identity, schema and ranges. */
  protected abstract long stateBytes();

  @Override
  public final LearnerSpec spec() {
    return spec;
  }

  @Override
  public final Schema schema() {
    return schema;
  }

  @Override
  public final List<Member> members() {
    return members;
  }

  @Override
  public final void grow(final Schema larger) {
    if (!larger.target().getClass().equals(schema.target().getClass())) {
      throw new IllegalArgumentException("a schema that grows keeps the kind of its target");
    }
    schema = larger;
    winsorizer.grow(larger);
    calibration.grow(larger.target());
    ranges.changed();
    grown(larger);
    header.identityChanged();
    if (youth != null) {
      youth.grew(larger);
      endYouth();
    }
  }

  @Override
  public final void predict(final double[] x, final Prediction out) {
    check(x);
    final double[] usual = winsorizer.clip(x);
    ask(usual, false);
    show(usual, out);
  }

  @Override
  public final boolean predictMember(final int expert, final double[] x, final double[] out) {
    check(x);
    if (out.length != schema.target().width()) {
      throw new IllegalArgumentException(
          "a prediction has " + schema.target().width() + " values, not " + out.length);
    }
    return askMember(expert, winsorizer.clip(x), out);
  }

  @Override
  public final void learn(final double[] x, final double target, final double weight) {
    check(x, target, weight);
    final double[] usual = winsorizer.clip(x);
    ask(usual, calibration.trusts(target));
    final Prediction now = shown(usual);
    train(usual, target, weight, x, now, now.number());
    remember(x, target, weight, null);
  }

  @Override
  public final void learn(final double[] x, final double target, final Prediction then) {
    check(x, target, 1);
    final double[] usual = winsorizer.clip(x);
    arrived = Double.NaN;
    if (!calibration.trusts(target) || trainLate(usual, calibration.usual(target), then)) {
      learned(x, target, then, arrived);
    } else {
      ask(usual, true);
      final Prediction now = shown(usual);
      // An interval is worth what it was when it was given, whoever has to ask the event again.
      train(usual, target, 1, x, then.probabilities().length > 0 ? then : now, now.number());
    }
    remember(x, target, 1, then);
  }

  @Override
  public final void testThenTrain(final double[] x, final double target, final Prediction out) {
    check(x, target, 1);
    final double[] usual = winsorizer.clip(x);
    ask(usual, calibration.trusts(target));
    show(usual, out);
    train(usual, target, 1, x, out, out.number());
    remember(x, target, 1, null);
  }

  /** What is said of the event asked about last, if anyone wants to know. */
  private Prediction shown(final double[] usual) {
    if (calibration.wantsPredictions()) {
      show(usual, own);
    }
    return own;
  }

  private void train(
      final double[] usual,
      final double target,
      final double weight,
      final double[] x,
      final Prediction then,
      final double now) {
    if (calibration.trusts(target)) {
      train(usual, calibration.usual(target), weight);
    }
    learned(x, target, then, now);
  }

  private void learned(
      final double[] x, final double target, final Prediction then, final double now) {
    calibration.learn(target, then, now);
    winsorizer.learn(x);
    ranges.changed();
  }

  private void show(final double[] x, final Prediction out) {
    out.shape(schema.target().width(), members.size(), calibration.levels().length);
    publish(x, out);
    calibration.finish(out);
  }

  @Override
  public final double[] levels() {
    return calibration.levels();
  }

  private void check(final double[] x) {
    if (x.length != schema.featureCount()) {
      throw new IllegalArgumentException(
          "the event has "
              + x.length
              + " values, the learner's schema "
              + schema.featureCount()
              + " features");
    }
  }

  private void check(final double[] x, final double target, final double weight) {
    check(x);
    schema.target().check(target);
    if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("weight " + weight + " is not a finite number above 0");
    }
  }

  /** Experts that came and went, and the like, since this was asked last; often empty. */
  protected List<PoolEvent> poolEvents() {
    return List.of();
  }

  @Override
  public final List<PoolEvent> drainPoolEvents() {
    final List<PoolEvent> events = poolEvents();
    if (youth != null && !events.isEmpty()) {
      youth.drained();
      endYouth();
    }
    return events;
  }

  @Override
  public final List<Part> parts() {
    return youth == null ? wholeParts() : List.of(header, youth);
  }

  /** All that it made of what it was told. */
  final List<Part> wholeParts() {
    final List<Part> parts = new ArrayList<>(members.size() + 2);
    parts.add(header);
    parts.add(router());
    parts.addAll(experts());
    return parts;
  }

  @Override
  public final long sizeBytes() {
    return OWN_BYTES
        + winsorizer.sizeBytes()
        + calibration.sizeBytes()
        + stateBytes()
        + (youth == null ? 0 : youth.sizeBytes());
  }
}
