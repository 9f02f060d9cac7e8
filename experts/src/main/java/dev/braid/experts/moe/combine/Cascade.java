package dev.braid.experts.moe.combine;

import dev.braid.experts.moe.Combine;
import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * The shared experts are weak and answer where they are sure, the chosen ones are strong and answer
 * where those are not: with w what the weak ones say and s what the strong ones do, the logits are
 * {@code C w + (1 - C) s}, where the confidence {@code C = |w|^2 / (|w|^2 + h^2)} grows with how
 * far w is from saying nothing (Mowst, Zeng et al. 2024, "Mixture of Weak and Strong Experts on
 * Graphs", a monotone function of the dispersion of the weak expert's prediction; here logits are
 * mixed, and their dispersion is taken about 0, so that a class that is added changes no answer).
 * The confidence learns through its effect on the logits.
 *
 * @param half h, the length of the weak logits at which they count half
 */
public record Cascade(double half) implements Combine {
  static final Word<Combine> WORD =
      new Word<>(
          "cascade",
          "The shared experts answer where they are sure, those that are chosen where they are"
              + " not.",
          List.of(
              new Option(
                  "half",
                  "2",
                  "Length of the shared experts' logits at which they count half, 1e-3 to 1000.")),
          options -> new Cascade(options.real("half", 1e-3, 1000)));

  @Override
  public boolean needsShared() {
    return true;
  }

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public void forward(final Step step, final boolean learning, final float[] logits) {
    final int size = step.rows() * step.outputs();
    final float[] said = say(step, step.rows());
    for (int i = 0; i < size; i += step.outputs()) {
      final float sure = confidence(said, i, step.outputs());
      for (int j = i; j < i + step.outputs(); j++) {
        logits[j] = sure * said[j] + (1 - sure) * said[size + j];
      }
    }
  }

  /** What the weak ones say of the first rows, and behind that what the strong ones do. */
  private static float[] say(final Step step, final int rows) {
    final int c = step.outputs();
    final int size = rows * c;
    final float[] said = step.scratch(2 * size);
    Arrays.fill(said, 0, 2 * size, 0);
    for (int e = 0; e < step.experts(); e++) {
      final ExpertRows expert = step.expert(e);
      final int strong = isWeak(step, e) ? 0 : size;
      for (int i = 0; i < expert.rows() && expert.row(i) < rows; i++) {
        final float weight = step.routing().weight(expert.pair(i));
        final int to = strong + expert.row(i) * c;
        for (int j = 0; j < c; j++) {
          said[to + j] += weight * expert.out()[i * c + j];
        }
      }
    }
    return said;
  }

  private static boolean isWeak(final Step step, final int expert) {
    return expert >= step.routing().columns();
  }

  private float confidence(final float[] weak, final int from, final int c) {
    final float squares = squares(weak, from, c);
    return squares / (squares + (float) (half * half));
  }

  private static float squares(final float[] weak, final int from, final int c) {
    float squares = 0;
    for (int j = from; j < from + c; j++) {
      squares += weak[j] * weak[j];
    }
    // Odd inputs make logits whose squares no float holds.
    return Math.min(squares, Float.MAX_VALUE / 4);
  }

  @Override
  public void backward(final Step step, final float[] logitGradient) {
    final int c = step.outputs();
    final int rows = step.labelled();
    final float[] said = say(step, rows);
    for (int e = 0; e < step.experts(); e++) {
      final ExpertRows expert = step.expert(e);
      final boolean weak = isWeak(step, e);
      for (int i = 0; i < expert.labelled(); i++) {
        final int row = expert.row(i) * c;
        final float sure = confidence(said, row, c);
        if (weak) {
          throughWeak(said, rows * c, row, logitGradient, expert.out(), i * c, sure, c);
          continue;
        }
        final float weight = step.routing().weight(expert.pair(i));
        float inner = 0;
        for (int j = 0; j < c; j++) {
          final float g = (1 - sure) * logitGradient[row + j];
          inner += g * expert.out()[i * c + j];
          expert.out()[i * c + j] = weight * g;
        }
        step.routing().weightGradient(expert.pair(i), inner);
      }
    }
  }

  /** By what they say, and by how sure they are. */
  private void throughWeak(
      final float[] said,
      final int strong,
      final int row,
      final float[] g,
      final float[] out,
      final int at,
      final float sure,
      final int c) {
    float inner = 0;
    for (int j = row; j < row + c; j++) {
      inner += g[j] * (said[j] - said[strong + j]);
    }
    // dC/dw = 2 w h^2 / (|w|^2 + h^2)^2 = 2 w C (1 - C) / |w|^2.
    final float squares = squares(said, row, c);
    final float slope = squares > 0 ? 2 * inner * sure * (1 - sure) / squares : 0;
    for (int j = 0; j < c; j++) {
      out[at + j] = sure * g[row + j] + slope * said[row + j];
    }
  }

  @Override
  public String text() {
    return "cascade(" + half + ")";
  }
}
