package dev.braid.router.combine;

import dev.braid.data.Target;
import dev.braid.experts.CounterRandom;
import dev.braid.router.Combination;
import dev.braid.router.Prediction;
import dev.braid.router.SavedLearner;
import dev.braid.spec.Memo;
import dev.braid.spec.Registry;
import dev.braid.spec.Term;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Combiners one behind the other: each sees the members' predictions and what the one before made
 * of them. The chain predicts by all its links, pooled by what each was worth lately; where the
 * target is a number, the members' middle stands beside them, and they know how late labels come.
 *
 * <p>Chunks: 0 is the delay of labels, where the target is a number, and the losses of the links,
 * the others one link each.
 */
public final class Chain implements Combination {
  /** Every kind of combiner on the class path. */
  public static final Registry<CombinerKind> REGISTRY =
      Registry.withServices("combiner", List.of(), CombinerKind.class);

  private static final Memo<String, List<Planned>> PLANS = new Memo<>(Chain::plan);

  /** What chunk 0 calls itself. */
  private static final String LINKS = "links";

  private static final int LOG_OPERATIONS = 10;

  private final Combiner[] links;
  private final LinkPool ofLinks;

  /** Where the target is a number; else null. */
  private final LabelDelay delay;

  private PredictionLayout layout;
  private boolean dirty = true;

  // Scratch of one event.
  private double[] predictions;
  private double[][] outputs;

  private Chain(final List<Combiner> opened, final int members, final Target target) {
    links = opened.toArray(Combiner[]::new);
    for (int l = 1; l < links.length; l++) {
      links[l].behind(links[l - 1]);
    }
    ofLinks = LinkPool.of(target, members, links.length);
    delay = target instanceof Target.Quantity ? new LabelDelay() : null;
    int kept = delay == null ? 0 : 2;
    for (final Combiner link : links) {
      kept += link.keptRows();
    }
    allocate(new PredictionLayout(members, links.length, kept, target.width()));
  }

  /** A link that a text asks for. */
  private record Planned(CombinerKind kind, CombinerKind.Opener opener) {
    Combiner open(final int members, final Target target, final long seed) {
      kind.requireCombines(target);
      return opener.open(members, target.width(), seed);
    }
  }

  private static List<Planned> plan(final String text) {
    final List<Planned> links = new ArrayList<>();
    for (final Term term : Term.parseAll(text, '+')) {
      final CombinerKind kind = REGISTRY.find(term.name());
      final Planned link = new Planned(kind, kind.of(REGISTRY.options(term)));
      links.addAll(Collections.nCopies(term.count(), link));
    }
    return List.copyOf(links);
  }

  private void allocate(final PredictionLayout as) {
    layout = as;
    predictions = new double[as.size()];
    outputs = new double[links.length][as.width()];
    ofLinks.grow(as.width());
  }

  /**
   * Opens an untrained chain.
   *
   * @param text combiners with {@code +} between them, in their order
   * @param members who predict
   * @param seed of what is random in it
   * @throws IllegalArgumentException with one sentence, if the text cannot be followed
   */
  public static Chain open(
      final String text, final int members, final Target target, final long seed) {
    final List<Combiner> links = new ArrayList<>();
    for (final Planned link : PLANS.of(text)) {
      final int at = links.size();
      final long own = at < 2 ? seed : CounterRandom.bits(seed, at);
      links.add(link.open(members, target, own));
    }
    return new Chain(links, members, target);
  }

  /** Reads part 1 of a saved learner back. */
  public static Chain read(
      final SavedLearner saved,
      final String text,
      final int members,
      final Target target,
      final long seed) {
    final Chain chain = open(text, members, target, seed);
    final ImageReader in = saved.chunk(1, 0);
    in.begin(ImageKind.COMBINER, LINKS);
    if (chain.delay != null) {
      chain.delay.read(in);
      chain.takeDelay();
    }
    chain.ofLinks.read(in);
    in.end();
    for (int l = 0; l < chain.links.length; l++) {
      final ImageReader link = saved.chunk(1, 1 + l);
      chain.links[l].read(link);
      link.end();
    }
    return chain;
  }

  /** Whether a saved chain can go on as another text says: only what may change differs. */
  public static boolean mayChange(final String saved, final String now) {
    final List<Term> before = Term.parseAll(saved, '+');
    final List<Term> after = Term.parseAll(now, '+');
    boolean may = before.size() == after.size();
    for (int t = 0; may && t < before.size(); t++) {
      may = mayChange(before.get(t), after.get(t));
    }
    return may;
  }

  private static boolean mayChange(final Term before, final Term after) {
    if (!before.name().equals(after.name()) || before.count() != after.count()) {
      return false;
    }
    final Map<String, String> old = REGISTRY.options(before).values();
    final Map<String, String> now = REGISTRY.options(after).values();
    return REGISTRY.find(before.name()).options().stream()
        .allMatch(o -> o.mayChange(old.get(o.name()), now.get(o.name())));
  }

  @Override
  public void grow(final int width) {
    for (final Combiner link : links) {
      link.grow(width);
    }
    allocate(layout.widened(width));
    dirty = true;
  }

  @Override
  public void set(final int member, final double[] rows, final int from) {
    System.arraycopy(rows, from, predictions, member * layout.width(), layout.width());
  }

  @Override
  public void combine() {
    double[] before = null;
    int kept = 0;
    for (int l = 0; l < links.length; l++) {
      final Combiner link = links[l];
      link.take(predictions, before);
      link.combine(outputs[l]);
      link.keep(predictions, layout.kept(kept));
      kept += link.keptRows();
      before = outputs[l];
      ofLinks.put(before, predictions, layout.link(l));
    }
    if (delay != null) {
      predictions[layout.kept(kept)] = delay.learned();
      ofLinks.keep(predictions);
    }
  }

  @Override
  public void publish(final Prediction out) {
    publish(out.probabilities());
    weights(out.weights());
    out.setMemberPredictions(predictions);
  }

  /** Puts out the prediction of the event combined last: probabilities, or the number. */
  public void publish(final double[] prediction) {
    if (links.length == 1) {
      System.arraycopy(predictions, layout.link(0), prediction, 0, layout.width());
    } else {
      ofLinks.combine(predictions, layout.link(0), prediction);
    }
  }

  /** Puts out one weight per member, sums to 1: those of the first link that has any. */
  public void weights(final double[] out) {
    for (final Combiner link : links) {
      final double[] weights = link.weights();
      if (weights != null) {
        System.arraycopy(weights, 0, out, 0, out.length);
        return;
      }
    }
    Arrays.fill(out, 1.0 / out.length);
  }

  @Override
  public void learn(final double target, final double weight) {
    if (delay != null) {
      delay.atOnce();
      takeDelay();
    }
    for (final Combiner link : links) {
      link.learn(target, weight);
    }
    learnLinks(target, weight);
    ofLinks.meet(target);
  }

  /** Whether anything was known when the event was asked about: else it tells nothing of anyone. */
  private boolean learnDelay() {
    final double then = predictions[layout.kept(layout.kept() - 2)];
    delay.late(then);
    takeDelay();
    return then > 0;
  }

  private void takeDelay() {
    if (delay.isLate()) {
      for (final Combiner link : links) {
        link.late(delay.mean(), delay.known());
      }
      ofLinks.late(delay.mean(), delay.known());
    }
  }

  @Override
  public boolean learnAsked(final double[] then, final double target, final double weight) {
    if (!layout.fits(then.length)) {
      return false;
    }
    layout.copy(then, predictions);
    if (delay != null && !learnDelay()) {
      dirty = true;
      return true;
    }
    takeAgain();
    int kept = 0;
    for (final Combiner link : links) {
      link.learnAsked(predictions, layout.kept(kept), target, weight);
      kept += link.keptRows();
    }
    learnLinks(target, weight);
    return true;
  }

  @Override
  public void learnArrived(final double target, final double weight) {
    takeAgain();
    for (final Combiner link : links) {
      link.learnArrived(target, weight);
    }
    ofLinks.meet(target);
  }

  /** As far as links need it to learn: what the last one makes of it is not asked for. */
  private void takeAgain() {
    double[] before = null;
    for (int l = 0; l < links.length; l++) {
      links[l].take(predictions, before);
      if (l + 1 < links.length) {
        links[l].combine(outputs[l]);
      }
      before = outputs[l];
    }
  }

  private void learnLinks(final double target, final double weight) {
    if (links.length > 1) {
      ofLinks.learn(predictions, layout.link(0), target, weight);
    }
    dirty = true;
  }

  @Override
  public int[] shape() {
    int[] shape = {};
    for (final Combiner link : links) {
      shape = link.shape().length > 0 ? link.shape() : shape;
    }
    return shape;
  }

  /**
   * A logarithm a value, what a link counts itself, and each weight of a network forwards,
   * backwards and in its step.
   */
  @Override
  public long operations() {
    long operations = (long) LOG_OPERATIONS * predictions.length;
    for (final Combiner link : links) {
      operations += link.operations();
      final int[] sizes = link.shape();
      for (int l = 1; l < sizes.length; l++) {
        operations += 3L * sizes[l - 1] * sizes[l];
      }
    }
    return operations;
  }

  @Override
  public long sizeBytes() {
    long bytes =
        ofLinks.sizeBytes() + 8L * (predictions.length + links.length * layout.width()) + 128;
    for (final Combiner link : links) {
      bytes += link.sizeBytes();
    }
    return bytes;
  }

  @Override
  public int chunkCount() {
    return 1 + links.length;
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    if (chunk == 0) {
      out.begin(ImageKind.COMBINER, LINKS);
      if (delay != null) {
        delay.write(out);
      }
      ofLinks.write(out);
    } else {
      links[chunk - 1].write(out);
    }
  }

  @Override
  public void markClean() {
    dirty = false;
  }
}
