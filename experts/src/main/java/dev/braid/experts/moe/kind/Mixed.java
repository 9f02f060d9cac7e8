package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Rows are mixed before the expert computes them: those of a group by the softmax of an own linear
 * unit over the group, and what the expert says of the mixture is dealt out to its rows by the same
 * shares (Mixture of Tokens, Antoniak et al. 2023, "Cross-Example Aggregation"). With m = sum_r a_r
 * x_r the net says f(m), and row r has a_r f(m); or, softly, all of f(m), so that a gate that
 * weighs all experts makes of it one slot an expert (Soft MoE, Puigcerver et al. 2024, section 2,
 * with dispatch and combine weights of their own).
 *
 * <p>While it learns, groups are rows of the step. An event is answered alone: its group is the
 * event and the rows that the expert learned from last, which it remembers.
 *
 * @param hidden ReLU units
 * @param group rows of a group, 2 or more
 * @param soft whether each row has all of what is said of its group's mixture
 */
public record Mixed(int hidden, int group, boolean soft) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "mixed",
          "One hidden layer of ReLU units for mixtures of several rows, those learned last for an"
              + " answer, dealt out to them again.",
          List.of(
              new Option("hidden", "32", "Hidden units, 1 to 65536."),
              new Option("group", "4", "Rows of a mixture, 2 to 1024."),
              new Option("soft", "false", "Whether a row has all of what is said of its mixture.")),
          options ->
              new Mixed(
                  options.integer("hidden", 1, 65_536),
                  options.integer("group", 2, 1024),
                  options.flag("soft")));

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(
        Tensor.of("share", Math.sqrt(3.0 / inputs), Axis.IN),
        Tensor.of("w1", Math.sqrt(6.0 / inputs), Axis.units(hidden), Axis.IN),
        Tensor.zeros("b1", Axis.units(hidden)),
        Tensor.of("w2", Math.sqrt(6.0 / (hidden + outputs)), Axis.OUT, Axis.units(hidden)),
        Tensor.zeros("b2", Axis.OUT));
  }

  @Override
  public List<Tensor> memory(final int inputs, final int outputs) {
    return Remembered.tensors(group - 1);
  }

  @Override
  public boolean differsWhenLearning() {
    return true;
  }

  /** A row's share; of a mixture itself, its hidden units, and what is said of it. */
  @Override
  public int tape(final int inputs, final int outputs) {
    return 1 + inputs + hidden + outputs;
  }

  /** Where mixtures lie on the tape, behind the shares. */
  private int mixturesAt(final Work work) {
    return work.tape().length / tape(work.inputs(), work.outputs());
  }

  private int unitsAt(final Work work) {
    return mixturesAt(work) * (1 + work.inputs());
  }

  private int saidAt(final Work work) {
    return unitsAt(work) + mixturesAt(work) * hidden;
  }

  private int groups(final int rows) {
    return (rows + group - 1) / group;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int c = work.outputs();
    final int mixtures = learning ? groups(rows) : rows;
    for (int m = 0; m < mixtures; m++) {
      if (learning) {
        mix(work, x, m * group, Math.min(rows, (m + 1) * group), m);
      } else {
        mixWithRemembered(work, x, m);
      }
    }
    final float[] tape = work.tape();
    final int units = unitsAt(work);
    affine(work, mixtures, hidden, work.inputs(), mixturesAt(work), "w1", "b1", units);
    for (int i = units; i < units + mixtures * hidden; i++) {
      tape[i] = Math.max(0, tape[i]);
    }
    affine(work, mixtures, c, hidden, units, "w2", "b2", saidAt(work));
    for (int r = 0; r < rows; r++) {
      final int said = saidAt(work) + (learning ? r / group : r) * c;
      final float share = soft ? 1 : tape[r];
      for (int j = 0; j < c; j++) {
        out[r * c + j] = share * tape[said + j];
      }
    }
  }

  private static void affine(
      final Work work,
      final int rows,
      final int length,
      final int in,
      final int from,
      final String w,
      final String b,
      final int to) {
    final float[] tape = work.tape();
    for (int r = 0; r < rows; r++) {
      System.arraycopy(work.theta(), work.at(b), tape, to + r * length, length);
    }
    work.products()
        .timesTransposed(rows, length, in, tape, from, work.theta(), work.at(w), true, tape, to);
  }

  /** Mixes the rows of a group, and leaves their shares. */
  private void mix(
      final Work work, final float[] x, final int first, final int end, final int mixture) {
    final int d = work.inputs();
    final float[] tape = work.tape();
    final int to = mixturesAt(work) + mixture * d;
    for (int r = first; r < end; r++) {
      tape[r] = dot(work, x, r * d);
    }
    FloatMath.softmax(tape, first, end - first);
    Arrays.fill(tape, to, to + d, 0);
    for (int r = first; r < end; r++) {
      add(tape[r], x, r * d, d, tape, to);
    }
  }

  /** Mixes one row with those that are remembered. */
  private void mixWithRemembered(final Work work, final float[] x, final int row) {
    final int d = work.inputs();
    final float[] tape = work.tape();
    final int to = mixturesAt(work) + row * d;
    final int others = Remembered.count(work, group - 1);
    final float[] share = work.scratch(group);
    share[others] = dot(work, x, row * d);
    for (int i = 0; i < others; i++) {
      share[i] = dot(work, work.memory(), i * d);
    }
    FloatMath.softmax(share, 0, others + 1);
    tape[row] = share[others];
    Arrays.fill(tape, to, to + d, 0);
    for (int i = 0; i < others; i++) {
      add(share[i], work.memory(), i * d, d, tape, to);
    }
    add(share[others], x, row * d, d, tape, to);
  }

  private static float dot(final Work work, final float[] x, final int at) {
    final int share = work.at("share");
    float sum = 0;
    for (int i = 0; i < work.inputs(); i++) {
      sum += work.theta()[share + i] * x[at + i];
    }
    return sum;
  }

  private static void add(
      final float factor,
      final float[] x,
      final int from,
      final int length,
      final float[] to,
      final int at) {
    for (int i = 0; i < length; i++) {
      to[at + i] += factor * x[from + i];
    }
  }

  /** Remembers the rows once it has learned from them. */
  @Override
  public void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    final int d = work.inputs();
    final int c = work.outputs();
    final int groups = groups(rows);
    final Products products = work.products();
    final float[] theta = work.theta();
    final float[] tape = work.tape();
    final float[] gradient = work.gradient();
    // The gradient of what is said of mixtures, of their units, of themselves, and of shares.
    final int unit = groups * c;
    final int mixture = unit + groups * hidden;
    final int share = mixture + groups * d;
    final float[] scratch = work.scratch(share + rows);
    Arrays.fill(scratch, 0, unit, 0);
    for (int r = 0; r < rows; r++) {
      final int said = saidAt(work) + r / group * c;
      final float part = soft ? 1 : tape[r];
      float inner = 0;
      for (int j = 0; j < c; j++) {
        scratch[r / group * c + j] += part * outGradient[r * c + j];
        inner += soft ? 0 : outGradient[r * c + j] * tape[said + j];
      }
      scratch[share + r] = inner;
    }
    final int units = unitsAt(work);
    products.transposedTimes(c, hidden, groups, scratch, 0, tape, units, gradient, work.at("w2"));
    products.columnSums(groups, c, scratch, 0, gradient, work.at("b2"));
    products.times(groups, hidden, c, scratch, 0, theta, work.at("w2"), scratch, unit);
    for (int i = 0; i < groups * hidden; i++) {
      scratch[unit + i] = tape[units + i] > 0 ? scratch[unit + i] : 0;
    }
    final int mixtures = mixturesAt(work);
    products.transposedTimes(
        hidden, d, groups, scratch, unit, tape, mixtures, gradient, work.at("w1"));
    products.columnSums(groups, hidden, scratch, unit, gradient, work.at("b1"));
    products.times(groups, d, hidden, scratch, unit, theta, work.at("w1"), scratch, mixture);
    throughShares(work, x, rows, scratch, mixture, share, inputGradient);
    for (int r = 0; r < rows; r++) {
      Remembered.add(work, x, r, 0, group - 1);
    }
  }

  /**
   * From the gradient of mixtures and of shares, which is that of outputs alone so far, to that of
   * the linear unit and of the rows.
   */
  private void throughShares(
      final Work work,
      final float[] x,
      final int rows,
      final float[] scratch,
      final int mixture,
      final int share,
      final float[] inputGradient) {
    final int d = work.inputs();
    final int unit = work.at("share");
    final float[] tape = work.tape();
    Arrays.fill(work.gradient(), unit, unit + d, 0);
    for (int first = 0; first < rows; first += group) {
      final int end = Math.min(rows, first + group);
      final int mixed = mixture + first / group * d;
      float mean = 0;
      for (int r = first; r < end; r++) {
        for (int i = 0; i < d; i++) {
          scratch[share + r] += scratch[mixed + i] * x[r * d + i];
        }
        mean += tape[r] * scratch[share + r];
      }
      for (int r = first; r < end; r++) {
        final float score = tape[r] * (scratch[share + r] - mean);
        add(score, x, r * d, d, work.gradient(), unit);
        for (int i = 0; inputGradient != null && i < d; i++) {
          inputGradient[r * d + i] = tape[r] * scratch[mixed + i] + score * work.theta()[unit + i];
        }
      }
    }
  }

  @Override
  public String text() {
    return "mixed(" + hidden + "," + group + "," + soft + ")";
  }
}
