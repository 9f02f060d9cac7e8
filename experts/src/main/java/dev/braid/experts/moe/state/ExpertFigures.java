package dev.braid.experts.moe.state;

import dev.braid.drift.Adwin;
import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.Step;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/** How a layer's experts did lately, as a {@link dev.braid.experts.moe.Life} asks it. */
final class ExpertFigures {
  /** Labelled rows of the layer, and of an expert, that count most. */
  private static final float ROWS = 1024;

  private static final float OWN_ROWS = 256;

  final float[] share;
  final float[] loss;
  private Adwin errors = new Adwin();
  private boolean alarm;

  /**
   * @param places of experts that the gate chooses from
   */
  ExpertFigures(final int places) {
    share = new float[places];
    loss = new float[places];
  }

  /** Takes in the labelled rows of a step, while the experts' outputs are there. */
  void took(final Step step) {
    final int labelled = step.labelled();
    final float fresh = Math.min(1, labelled / ROWS);
    for (int e = 0; e < share.length; e++) {
      final ExpertRows expert = step.expert(e);
      final int own = expert.labelled();
      share[e] = (1 - fresh) * share[e] + fresh * own / labelled;
      if (own > 0) {
        final float ownFresh = loss[e] == 0 ? 1 : Math.min(1, own / OWN_ROWS);
        loss[e] = (1 - ownFresh) * loss[e] + ownFresh * meanLoss(step, expert);
      }
    }
    alarm = false;
    for (int r = 0; r < labelled; r++) {
      alarm |= errors.rose(isRight(step, r) ? 0 : 1);
    }
  }

  private static float meanLoss(final Step step, final ExpertRows expert) {
    final int c = step.outputs();
    double sum = 0;
    for (int i = 0; i < expert.labelled(); i++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < c; j++) {
        largest = Math.max(largest, expert.out()[i * c + j]);
      }
      double total = 0;
      for (int j = 0; j < c; j++) {
        total += StrictMath.exp(expert.out()[i * c + j] - largest);
      }
      sum += largest + StrictMath.log(total);
      sum -= expert.out()[i * c + step.labels()[expert.row(i)]];
    }
    return (float) (sum / expert.labelled());
  }

  private static boolean isRight(final Step step, final int row) {
    final int c = step.outputs();
    final float ofLabel = step.probabilities()[row * c + step.labels()[row]];
    for (int j = 0; j < c; j++) {
      if (step.probabilities()[row * c + j] > ofLabel) {
        return false;
      }
    }
    return true;
  }

  /** Whether the layer's error rate rose in the last step. */
  boolean alarm() {
    return alarm;
  }

  /** A copy of an expert did as well as that one, and is given half of its rows. */
  void copy(final int from, final int to) {
    loss[to] = loss[from];
    share[from] /= 2;
    share[to] = share[from];
  }

  /** A place is empty from now on. */
  void retire(final int e) {
    loss[e] = 0;
    share[e] = 0;
  }

  long bytes() {
    return errors.sizeBytes() + 2L * Float.BYTES * share.length;
  }

  void write(final ImageWriter out) {
    out.putFloats(share, share.length).putFloats(loss, loss.length).putBoolean(alarm);
    errors.write(out);
  }

  static ExpertFigures read(final ImageReader in, final int places) {
    final ExpertFigures figures = new ExpertFigures(places);
    read(in, figures.share);
    read(in, figures.loss);
    figures.alarm = in.getBoolean();
    figures.errors = Adwin.read(in);
    return figures;
  }

  private static void read(final ImageReader in, final float[] to) {
    final float[] saved = in.getFloats();
    if (saved.length != to.length) {
      throw new MalformedImageException("figures of " + saved.length + " experts");
    }
    System.arraycopy(saved, 0, to, 0, to.length);
  }
}
