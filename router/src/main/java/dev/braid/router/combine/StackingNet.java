package dev.braid.router.combine;

import dev.braid.experts.moe.expert.ReplayWindow;
import dev.braid.experts.moe.net.FeedForwardNet;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/**
 * The combiner {@code stacking-net} (stacked generalisation: Wolpert, 1992): a small network sees
 * the class probabilities of all members together, and its output is added to the logits of the
 * link before. It is trained on the cross-entropy of the sum by Adam, every few events a step on
 * these and on earlier ones drawn from a window, and begins as no correction at all.
 *
 * <p>The features are not among its inputs: the members' predictions carry what they say, and it
 * costs the same for ten features and ten thousand.
 *
 * <p>Of a label that came late it learns twice: from what the members said when they were asked,
 * lest it trust what only fresh labels make right, and from what they say now, lest it correct them
 * for a drift that they have followed since.
 *
 * <p>Layout of its image: network, window.
 */
final class StackingNet implements Combiner {
  private static final String KIND = "stacking-net";

  private final int members;
  private final StackingOptions options;
  private final long seed;
  private int classes;

  /** Drawn when it is first asked for: one that is read back needs no weights before. */
  private FeedForwardNet net;

  private ReplayWindow window;
  private float[] input;
  // The event taken last.
  private double[] predictions;
  private double[] before;

  StackingNet(
      final int members, final int classes, final StackingOptions options, final long seed) {
    this.members = members;
    this.options = options;
    this.seed = seed;
    allocate(classes);
  }

  private FeedForwardNet net() {
    if (net == null) {
      net = options.network(members * classes, classes, seed);
    }
    return net;
  }

  private void allocate(final int newClasses) {
    classes = newClasses;
    // A row's targets are its label, its weight and the logits before.
    window = options.window(members * classes, 2 + classes, seed);
    input = new float[members * classes];
  }

  /** Earlier events do not count for new classes and are dropped. */
  @Override
  public void grow(final int newClasses) {
    if (newClasses == classes) {
      return;
    }
    if (classes < 2) {
      // There was nothing to learn yet, and inputs that are grown start with weight 0.
      net = null;
    } else {
      net().grow(members * newClasses, newClasses);
    }
    allocate(newClasses);
  }

  @Override
  public void take(final double[] ofMembers, final double[] logitsBefore) {
    predictions = ofMembers;
    before = logitsBefore;
  }

  private double before(final int c) {
    return before == null ? 0 : before[c];
  }

  @Override
  public void combine(final double[] logits) {
    encode(input);
    final float[] correction = net().forward(input, 0);
    for (int c = 0; c < logits.length; c++) {
      logits[c] = before(c) + correction[c];
    }
  }

  /**
   * By class, then member, so that a new class appends. Who says nothing gives each class the same.
   */
  private void encode(final float[] row) {
    int i = 0;
    for (int c = 0; c < classes; c++) {
      for (int m = 0; m < members; m++) {
        final double probability = predictions[m * classes + c];
        row[i++] = (float) (2 * (Double.isNaN(probability) ? 1.0 / classes : probability) - 1);
      }
    }
  }

  @Override
  public void learn(final double label, final double weight) {
    encode(window.nextInput());
    final float[] target = window.nextTarget();
    target[0] = (float) label;
    target[1] = (float) weight;
    for (int c = 0; c < classes; c++) {
      target[2 + c] = (float) before(c);
    }
    if (window.add()) {
      final int rows = window.draw();
      net().learnClasses(window.batchInput(), window.batchTarget(), rows);
    }
  }

  @Override
  public void learnAsked(
      final double[] kept, final int at, final double target, final double weight) {
    learn(target, weight);
  }

  @Override
  public void learnArrived(final double target, final double weight) {
    learn(target, weight);
  }

  @Override
  public int[] shape() {
    return net().sizes();
  }

  @Override
  public long sizeBytes() {
    return 96 + net().heldBytes() + window.sizeBytes() + 4L * input.length;
  }

  @Override
  public void write(final ImageWriter out) {
    net().write(out.begin(ImageKind.COMBINER, KIND));
    window.write(members, out);
  }

  @Override
  public void read(final ImageReader in) {
    in.begin(ImageKind.COMBINER, KIND);
    net = FeedForwardNet.read(in, options.adam());
    if (net.inputs() != members * classes || net.outputs() != classes) {
      throw new MalformedImageException(
          "the stacking network takes "
              + net.inputs()
              + " probabilities, expected are those of "
              + members
              + " members for "
              + classes
              + " classes");
    }
    window.read(members, in);
    window.checkClasses(0, classes);
  }

  /** Its entry in the registry. */
  public static final class Kind extends CombinerKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "A small network over the members' probabilities, which corrects the link before.",
          StackingOptions.ALL,
          options -> {
            final StackingOptions sizes = StackingOptions.of(options);
            return (members, width, seed) -> new StackingNet(members, width, sizes, seed);
          });
    }
  }
}
