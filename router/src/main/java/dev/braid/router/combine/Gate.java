package dev.braid.router.combine;

import dev.braid.experts.PortableMath;
import dev.braid.experts.moe.expert.ReplayWindow;
import dev.braid.experts.moe.net.Mlp;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;

/**
 * Corrects the vote by what the experts say together: a small network sees all their class
 * probabilities, and its output is added to the vote's logits. It is trained on the cross-entropy
 * of the sum by Adam, every few events a step on these and on earlier ones drawn from a window, and
 * begins as no correction at all.
 *
 * <p>The features are not among its inputs: the experts' opinions carry what they say, and the gate
 * costs the same for ten features and ten thousand.
 *
 * <p>As a part of the learner's state ({@code GATE}, version 1): network, window.
 */
public final class Gate implements Part {

  private final int experts;
  private final GateOptions options;
  private final long seed;
  private int classes;
  private Mlp net;
  private ReplayWindow window;
  private float[] input;
  private double[] scratch;
  private boolean dirty = true;

  public Gate(final int experts, final int classes, final GateOptions options, final long seed) {
    this(experts, classes, options, seed, options.network(experts * classes, classes, seed));
  }

  private Gate(
      final int experts,
      final int classes,
      final GateOptions options,
      final long seed,
      final Mlp net) {
    this.experts = experts;
    this.options = options;
    this.seed = seed;
    this.net = net;
    allocate(classes);
  }

  private void allocate(final int newClasses) {
    classes = newClasses;
    // A row's targets are its label and the vote's logits.
    window = options.window(experts * classes, 1 + classes, seed);
    input = new float[experts * classes];
    scratch = new double[classes];
  }

  /** Takes classes that appeared; earlier events do not count for them and are dropped. */
  public void grow(final int newClasses) {
    if (newClasses == classes) {
      return;
    }
    if (classes < 2) {
      // There was nothing to learn yet, and inputs that are grown start with weight 0.
      net = options.network(experts * newClasses, newClasses, seed);
    } else {
      net.grow(experts * newClasses, newClasses);
    }
    allocate(newClasses);
    dirty = true;
  }

  /**
   * The vote's logits with the correction added.
   *
   * @param votes the experts' probabilities, shape [experts or more, classes]
   * @param logits of the vote
   * @param corrected receives the sum
   */
  public void correct(final double[][] votes, final double[] logits, final double[] corrected) {
    encode(votes, input);
    final float[] correction = net.forward(input, 0);
    for (int c = 0; c < logits.length; c++) {
      corrected[c] = logits[c] + correction[c];
    }
  }

  /** By class, then expert, so that a new class appends. */
  private void encode(final double[][] votes, final float[] row) {
    int i = 0;
    for (int c = 0; c < classes; c++) {
      for (int e = 0; e < experts; e++) {
        row[i++] = (float) (2 * votes[e][c] - 1);
      }
    }
  }

  /**
   * Takes an event in, and a step where one is due.
   *
   * @param logits of the vote, without the correction
   */
  public void learn(final double[][] votes, final double[] logits, final int label) {
    encode(votes, window.nextInput());
    final float[] target = window.nextTarget();
    target[0] = label;
    for (int c = 0; c < classes; c++) {
      target[1 + c] = (float) logits[c];
    }
    if (window.add()) {
      step();
    }
    dirty = true;
  }

  private void step() {
    final int rows = window.draw();
    final float[][] correction = net.forward(window.batchInput(), rows, 0);
    final float[][] gradient = net.outputGradient();
    for (int r = 0; r < rows; r++) {
      final float[] target = window.batchTarget()[r];
      for (int c = 0; c < classes; c++) {
        scratch[c] = target[1 + c] + correction[r][c];
      }
      PortableMath.softmax(scratch);
      scratch[(int) target[0]] -= 1;
      for (int c = 0; c < classes; c++) {
        gradient[r][c] = (float) (scratch[c] / rows);
      }
    }
    net.backward(window.batchInput(), rows);
    net.step();
  }

  public int[] shape() {
    return net.sizes();
  }

  public long sizeBytes() {
    return 96 + net.heldBytes() + window.sizeBytes() + 4L * input.length;
  }

  @Override
  public boolean isDirty(final int block) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }

  @Override
  public void writeChunk(final int block, final ImageWriter out) {
    net.write(out.begin(ImageKind.COMBINER));
    window.write(out);
  }

  public static Gate read(
      final ImageReader in,
      final int experts,
      final int classes,
      final GateOptions options,
      final long seed) {
    in.begin(ImageKind.COMBINER);
    final Mlp net = Mlp.read(in, options.adam());
    if (net.inputs() != experts * classes || net.outputs() != classes) {
      throw new MalformedImageException(
          "the gate takes " + net.inputs() + " votes, expected are " + experts + " by " + classes);
    }
    final Gate gate = new Gate(experts, classes, options, seed, net);
    gate.window.read(in);
    gate.window.checkClasses(0, classes);
    in.end();
    return gate;
  }
}
