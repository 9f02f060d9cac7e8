package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.experts.moe.net.Splines;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Two layers of learned functions on edges, whose every node chooses the space that the functions
 * of its edges lie in: B-splines, radial functions or Fourier terms, by a softmax over the three
 * that learns with the functions (S-KAN, Yang et al. 2024, "Activation Space Selectable
 * Kolmogorov-Arnold Networks"; KAN's silu stays beside them).
 *
 * @param hidden nodes
 */
public record SelectableKan(int hidden) implements Kind {
  private static final int SPACES = 3;

  /** Functions of a space. */
  private static final int EACH = 4;

  private static final int ALL = SPACES * EACH;

  /** Centres of the radial functions lie so far apart, about 0, and are as wide. */
  private static final float APART = 1.5f;

  /** Of the lower of two frequencies, whose period is the grid. */
  private static final double FREQUENCY = Math.PI / 3;

  static final Word<Kind> WORD =
      new Word<>(
          "s-kan",
          "Two layers of functions on edges; every node chooses splines, radial functions or Fourier"
              + " terms.",
          List.of(new Option("hidden", "8", "Nodes between the layers, 1 to 65536.")),
          options -> new SelectableKan(options.integer("hidden", 1, 65_536)));

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final Axis units = Axis.units(hidden);
    final double first = Math.sqrt(6.0 / (inputs + hidden));
    final double second = Math.sqrt(6.0 / (hidden + outputs));
    return List.of(
        Tensor.of("w1", first, units, Axis.IN),
        Tensor.zeros("space1", units, Axis.of(SPACES)),
        Tensor.of("c1", first, units, Axis.IN, Axis.of(ALL)),
        Tensor.of("w2", second, Axis.OUT, units),
        Tensor.zeros("space2", Axis.OUT, Axis.of(SPACES)),
        Tensor.of("c2", second, Axis.OUT, units, Axis.of(ALL)));
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  private int in(final Work work, final boolean upper) {
    return upper ? hidden : work.inputs();
  }

  private int out(final Work work, final boolean upper) {
    return upper ? work.outputs() : hidden;
  }

  /** The functions at a point, then their slopes; silu and its slope; room of the splines. */
  private static final int ROOM = 2 * ALL + 2 + Splines.ROOM;

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    forward(work, false, x, rows, work.tape());
    forward(work, true, work.tape(), rows, out);
  }

  private void forward(
      final Work work, final boolean upper, final float[] x, final int rows, final float[] y) {
    final int in = in(work, upper);
    final int out = out(work, upper);
    final int w = work.at(upper ? "w2" : "w1");
    final int functions = work.at(upper ? "c2" : "c1");
    final int room = out * SPACES;
    final float[] scratch = work.scratch(room + ROOM);
    choose(work, upper, scratch, 0);
    Arrays.fill(y, 0, rows * out, 0);
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < in; i++) {
        functions(x[r * in + i], scratch, room);
        for (int o = 0; o < out; o++) {
          final int edge = o * in + i;
          float sum = work.theta()[w + edge] * scratch[room + 2 * ALL];
          for (int s = 0; s < SPACES; s++) {
            final int c = functions + edge * ALL + s * EACH;
            sum += scratch[o * SPACES + s] * dot(work.theta(), c, scratch, room + s * EACH);
          }
          y[r * out + o] += sum;
        }
      }
    }
  }

  private static float dot(final float[] a, final int at, final float[] b, final int with) {
    float sum = 0;
    for (int k = 0; k < EACH; k++) {
      sum += a[at + k] * b[with + k];
    }
    return sum;
  }

  /** The share of each space in each node. */
  private void choose(final Work work, final boolean upper, final float[] to, final int at) {
    final int out = out(work, upper);
    System.arraycopy(work.theta(), work.at(upper ? "space2" : "space1"), to, at, out * SPACES);
    for (int o = 0; o < out; o++) {
      FloatMath.softmax(to, at + o * SPACES, SPACES);
    }
  }

  private static void functions(final float x, final float[] to, final int at) {
    final int spline = at + 2 * ALL + 2;
    Splines.values(1, x, to, spline);
    System.arraycopy(to, spline, to, at, EACH);
    System.arraycopy(to, spline + EACH, to, at + ALL, EACH);
    to[at + 2 * ALL] = to[spline + 2 * EACH];
    to[at + 2 * ALL + 1] = to[spline + 2 * EACH + 1];
    for (int k = 0; k < EACH; k++) {
      final float from = x - (k - 1.5f) * APART;
      final float hump = (float) StrictMath.exp(-from * from / (APART * APART));
      to[at + EACH + k] = hump;
      to[at + ALL + EACH + k] = hump == 0 ? 0 : -2 * from / (APART * APART) * hump;
    }
    for (int k = 0; k < EACH / 2; k++) {
      final double frequency = FREQUENCY * (k + 1);
      final float sine = (float) StrictMath.sin(frequency * x);
      final float cosine = (float) StrictMath.cos(frequency * x);
      to[at + 2 * EACH + 2 * k] = sine;
      to[at + 2 * EACH + 2 * k + 1] = cosine;
      to[at + ALL + 2 * EACH + 2 * k] = (float) frequency * cosine;
      to[at + ALL + 2 * EACH + 2 * k + 1] = (float) -frequency * sine;
    }
  }

  @Override
  public void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    Arrays.fill(work.gradient(), 0, work.layout().size(), 0);
    final int kept = rows * hidden;
    final int most = Math.max(hidden, work.outputs()) * SPACES;
    final float[] scratch = work.scratch(kept + 2 * most + ROOM);
    backward(work, true, work.tape(), rows, outGradient, scratch, scratch, kept);
    backward(work, false, x, rows, scratch, inputGradient, scratch, kept);
  }

  /** Needs twice the shares and {@link #ROOM} of room at an offset. */
  private void backward(
      final Work work,
      final boolean upper,
      final float[] x,
      final int rows,
      final float[] g,
      final float[] xGradient,
      final float[] scratch,
      final int at) {
    final int in = in(work, upper);
    final int out = out(work, upper);
    final int w = work.at(upper ? "w2" : "w1");
    final int functions = work.at(upper ? "c2" : "c1");
    final int inner = at + out * SPACES;
    final int room = inner + out * SPACES;
    final float[] theta = work.theta();
    final float[] gradient = work.gradient();
    choose(work, upper, scratch, at);
    Arrays.fill(scratch, inner, room, 0);
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < in; i++) {
        functions(x[r * in + i], scratch, room);
        float slope = 0;
        for (int o = 0; o < out; o++) {
          final float own = g[r * out + o];
          final int edge = o * in + i;
          gradient[w + edge] += own * scratch[room + 2 * ALL];
          float through = theta[w + edge] * scratch[room + 2 * ALL + 1];
          for (int s = 0; s < SPACES; s++) {
            final int c = functions + edge * ALL + s * EACH;
            final float share = scratch[at + o * SPACES + s];
            for (int k = 0; k < EACH; k++) {
              gradient[c + k] += own * share * scratch[room + s * EACH + k];
            }
            scratch[inner + o * SPACES + s] += own * dot(theta, c, scratch, room + s * EACH);
            through += share * dot(theta, c, scratch, room + ALL + s * EACH);
          }
          slope += own * through;
        }
        if (xGradient != null) {
          xGradient[r * in + i] = slope;
        }
      }
    }
    final int spaces = work.at(upper ? "space2" : "space1");
    for (int o = 0; o < out * SPACES; o += SPACES) {
      throughShares(scratch, at + o, inner + o, gradient, spaces + o);
    }
  }

  private static void throughShares(
      final float[] scratch, final int share, final int inner, final float[] to, final int at) {
    float mean = 0;
    for (int s = 0; s < SPACES; s++) {
      mean += scratch[share + s] * scratch[inner + s];
    }
    for (int s = 0; s < SPACES; s++) {
      to[at + s] += scratch[share + s] * (scratch[inner + s] - mean);
    }
  }

  @Override
  public String text() {
    return "s-kan(" + hidden + ")";
  }
}
