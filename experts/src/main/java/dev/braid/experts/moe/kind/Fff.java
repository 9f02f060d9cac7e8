package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * A binary tree of small nets: each inner node is a logistic unit that says left or right, each
 * leaf a net with one hidden layer. Learning mixes all leaves by the probabilities to reach them,
 * and answering goes the more probable way to one leaf, which costs the logarithm of their number
 * (Fast Feedforward Networks, Belcak and Wattenhofer 2023, section 2). Since the two differ, the
 * entropy of the nodes' decisions is added to the loss, which hardens them (section 2.2). A master
 * leaf may answer beside the one that is reached, mixed by a learned share, and the load of the
 * leaves may be balanced (Charalampopoulos et al. 2024, "Enhancing Fast Feed Forward Networks with
 * Load Balancing and a Master Leaf Node", section 3).
 *
 * @param depth of the tree, which has 2^depth leaves
 * @param leaf hidden units of each
 * @param hardening factor of the entropy
 * @param master whether there is a master leaf, as large as the others
 * @param balance factor of the leaves' mean probabilities' sum of squares, times their number
 */
public record Fff(int depth, int leaf, double hardening, boolean master, double balance)
    implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "fff",
          "A tree of small nets: learns all of them by how probable each is, and answers by one.",
          List.of(
              new Option("depth", "3", "Of the tree, 1 to 10."),
              new Option("leaf", "8", "Hidden units of each leaf, 1 to 65536."),
              new Option("hardening", "0.5", "Factor of the decisions' entropy, 0 to 100."),
              new Option("master", "false", "Whether one more leaf always answers too."),
              new Option(
                  "balance", "0", "Factor of a loss that evens the leaves' load, 0 to 100.")),
          options ->
              new Fff(
                  options.integer("depth", 1, 10),
                  options.integer("leaf", 1, 65_536),
                  options.real("hardening", 0, 100),
                  options.flag("master"),
                  options.real("balance", 0, 100)));

  private int reached() {
    return 1 << depth;
  }

  private int leaves() {
    return reached() + (master ? 1 : 0);
  }

  private int nodes() {
    return reached() - 1;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final Axis leaves = Axis.of(leaves());
    return List.of(
        Tensor.of("node", Math.sqrt(3.0 / inputs), Axis.of(nodes()), Axis.IN),
        Tensor.zeros("node-bias", Axis.of(nodes())),
        Tensor.of("w1", Math.sqrt(6.0 / inputs), leaves, Axis.units(leaf), Axis.IN),
        Tensor.zeros("b1", leaves, Axis.units(leaf)),
        Tensor.of("w2", Math.sqrt(6.0 / (leaf + outputs)), leaves, Axis.OUT, Axis.units(leaf)),
        Tensor.zeros("b2", leaves, Axis.OUT),
        Tensor.zeros("mix", Axis.of(1)));
  }

  /** Each leaf's units, what it says, the nodes' decisions, and the leaves' probabilities. */
  @Override
  public int tape(final int inputs, final int outputs) {
    return leaves() * (leaf + outputs) + nodes() + reached();
  }

  @Override
  public boolean differsWhenLearning() {
    return true;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int c = work.outputs();
    final int tape = tape(work.inputs(), c);
    for (int r = 0; r < rows; r++) {
      for (int j = r * c; j < (r + 1) * c; j++) {
        out[j] = 0;
      }
      if (learning) {
        soft(work, x, r, tape, out);
      } else {
        hard(work, x, r, tape, out);
      }
    }
  }

  /** The master leaf's share of the answer. */
  private float mix(final Work work) {
    return master ? FloatMath.sigmoid(work.theta()[work.at("mix")]) : 0;
  }

  private static float decide(final Work work, final float[] x, final int row, final int node) {
    final int d = work.inputs();
    float sum = work.theta()[work.at("node-bias") + node];
    for (int i = 0; i < d; i++) {
      sum += work.theta()[node * d + i] * x[row * d + i];
    }
    return FloatMath.sigmoid(sum);
  }

  private void hard(
      final Work work, final float[] x, final int row, final int tape, final float[] out) {
    int node = 0;
    for (int level = 0; level < depth; level++) {
      node = 2 * node + (decide(work, x, row, node) >= 0.5f ? 2 : 1);
    }
    say(work, x, row, row * tape, node - nodes(), 1 - mix(work), out);
    if (master) {
      say(work, x, row, row * tape, reached(), mix(work), out);
    }
  }

  private void soft(
      final Work work, final float[] x, final int row, final int tape, final float[] out) {
    final float[] kept = work.tape();
    final int decisions = row * tape + leaves() * (leaf + work.outputs());
    final int reach = decisions + nodes();
    for (int n = 0; n < nodes(); n++) {
      kept[decisions + n] = decide(work, x, row, n);
    }
    final float mix = mix(work);
    for (int l = 0; l < reached(); l++) {
      float probability = 1;
      for (int node = l + nodes(); node > 0; node = (node - 1) / 2) {
        final float right = kept[decisions + (node - 1) / 2];
        probability *= node % 2 == 0 ? right : 1 - right;
      }
      kept[reach + l] = probability;
      say(work, x, row, row * tape, l, (1 - mix) * probability, out);
    }
    if (master) {
      say(work, x, row, row * tape, reached(), mix, out);
    }
  }

  /** Adds a leaf's answer, of which it keeps all. */
  private void say(
      final Work work,
      final float[] x,
      final int row,
      final int at,
      final int l,
      final float factor,
      final float[] out) {
    final int d = work.inputs();
    final int c = work.outputs();
    final float[] theta = work.theta();
    final float[] kept = work.tape();
    final int units = at + l * leaf;
    final int says = at + leaves() * leaf + l * c;
    for (int u = 0; u < leaf; u++) {
      final int w = work.at("w1") + (l * leaf + u) * d;
      float sum = theta[work.at("b1") + l * leaf + u];
      for (int i = 0; i < d; i++) {
        sum += theta[w + i] * x[row * d + i];
      }
      kept[units + u] = Math.max(0, sum);
    }
    for (int j = 0; j < c; j++) {
      final int w = work.at("w2") + (l * c + j) * leaf;
      float sum = theta[work.at("b2") + l * c + j];
      for (int u = 0; u < leaf; u++) {
        sum += theta[w + u] * kept[units + u];
      }
      kept[says + j] = sum;
      out[row * c + j] += factor * sum;
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
    final int c = work.outputs();
    final int d = work.inputs();
    final int tape = tape(d, c);
    final float[] gradient = work.gradient();
    Arrays.fill(gradient, 0, work.at("mix") + 1, 0);
    for (int i = 0; inputGradient != null && i < rows * d; i++) {
      inputGradient[i] = 0;
    }
    // Of each node, the gradient below it; then the leaves' mean probabilities.
    final float[] scratch = work.scratch(nodes() + 2 * reached());
    final int load = nodes() + reached();
    for (int l = 0; l < reached(); l++) {
      float sum = 0;
      for (int r = 0; r < rows; r++) {
        sum += work.tape()[(r + 1) * tape - reached() + l] / rows;
      }
      scratch[load + l] = sum;
    }
    final float mix = mix(work);
    for (int r = 0; r < rows; r++) {
      float ofMix = 0;
      for (int l = 0; l < reached(); l++) {
        final float reach = work.tape()[(r + 1) * tape - reached() + l];
        final float inner =
            throughLeaf(work, x, r, l, (1 - mix) * reach, outGradient, inputGradient);
        final double even = 2 * balance * reached() * scratch[load + l] / rows;
        scratch[nodes() + l] = (1 - mix) * inner + (float) even;
        ofMix -= reach * inner;
      }
      if (master) {
        ofMix += throughLeaf(work, x, r, reached(), mix, outGradient, inputGradient);
        gradient[work.at("mix")] += ofMix * mix * (1 - mix);
      }
      throughNodes(work, x, r, rows, scratch, inputGradient);
    }
  }

  /** Returns the inner product of what the leaf says and the gradient. */
  private float throughLeaf(
      final Work work,
      final float[] x,
      final int row,
      final int l,
      final float factor,
      final float[] g,
      final float[] inputGradient) {
    final int d = work.inputs();
    final int c = work.outputs();
    final int at = row * tape(d, c);
    final int units = at + l * leaf;
    final float[] theta = work.theta();
    final float[] gradient = work.gradient();
    final float[] kept = work.tape();
    float inner = 0;
    for (int j = 0; j < c; j++) {
      inner += g[row * c + j] * kept[at + leaves() * leaf + l * c + j];
      gradient[work.at("b2") + l * c + j] += factor * g[row * c + j];
    }
    for (int u = 0; u < leaf; u++) {
      if (kept[units + u] <= 0) {
        continue;
      }
      float unit = 0;
      for (int j = 0; j < c; j++) {
        final int w = work.at("w2") + (l * c + j) * leaf + u;
        gradient[w] += factor * g[row * c + j] * kept[units + u];
        unit += factor * g[row * c + j] * theta[w];
      }
      final int w = work.at("w1") + (l * leaf + u) * d;
      gradient[work.at("b1") + l * leaf + u] += unit;
      for (int i = 0; i < d; i++) {
        gradient[w + i] += unit * x[row * d + i];
        if (inputGradient != null) {
          inputGradient[row * d + i] += unit * theta[w + i];
        }
      }
    }
    return inner;
  }

  /** From the last node to the root: the leaves' gradients stand behind those of the nodes. */
  private void throughNodes(
      final Work work,
      final float[] x,
      final int row,
      final int rows,
      final float[] mean,
      final float[] inputGradient) {
    final int d = work.inputs();
    final float[] kept = work.tape();
    final int decisions = (row + 1) * tape(d, work.outputs()) - reached() - nodes();
    for (int n = nodes() - 1; n >= 0; n--) {
      final float right = kept[decisions + n];
      mean[n] = (1 - right) * mean[2 * n + 1] + right * mean[2 * n + 2];
      float reach = 1;
      for (int node = n; node > 0; node = (node - 1) / 2) {
        final float up = kept[decisions + (node - 1) / 2];
        reach *= node % 2 == 0 ? up : 1 - up;
      }
      // The entropy of a decision has the slope -(its logit), which grows without bound.
      final float logit =
          (float) StrictMath.log(Math.max(1e-6f, right) / Math.max(1e-6f, 1 - right));
      final float down = reach * (mean[2 * n + 2] - mean[2 * n + 1]);
      final float harden = (float) (hardening / (rows * nodes())) * logit;
      final float outer = (down - harden) * right * (1 - right);
      work.gradient()[work.at("node-bias") + n] += outer;
      for (int i = 0; i < d; i++) {
        work.gradient()[n * d + i] += outer * x[row * d + i];
        if (inputGradient != null) {
          inputGradient[row * d + i] += outer * work.theta()[n * d + i];
        }
      }
    }
  }

  @Override
  public String text() {
    return "fff(" + depth + "," + leaf + "," + hardening + "," + master + "," + balance + ")";
  }
}
