package dev.braid.experts.moe.state;

import dev.braid.drift.Adwin;
import dev.braid.experts.moe.Step;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/** How a layer's experts did lately, as a {@link dev.braid.experts.moe.Life} asks it. */
final class ExpertFigures {
  /** Labelled rows of the layer that count most. */
  private static final float ROWS = 1024;

  final float[] share;
  private Adwin errors = new Adwin();
  private boolean alarm;

  /**
   * @param places of experts that the gate chooses from
   */
  ExpertFigures(final int places) {
    share = new float[places];
  }

  /** Takes in the labelled rows of a step. */
  void took(final Step step) {
    final int labelled = step.labelled();
    final float fresh = Math.min(1, labelled / ROWS);
    for (int e = 0; e < share.length; e++) {
      final int own = step.expert(e).labelled();
      share[e] = (1 - fresh) * share[e] + fresh * own / labelled;
    }
    alarm = false;
    for (int r = 0; r < labelled; r++) {
      alarm |= errors.rose(isRight(step, r) ? 0 : 1);
    }
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

  /** A copy of an expert is given half of its rows. */
  void copy(final int from, final int to) {
    share[from] /= 2;
    share[to] = share[from];
  }

  /** A place is empty from now on. */
  void retire(final int e) {
    share[e] = 0;
  }

  long bytes() {
    return errors.sizeBytes() + (long) Float.BYTES * share.length;
  }

  void write(final ImageWriter out) {
    out.putFloats(share, share.length).putBoolean(alarm);
    errors.write(out);
  }

  static ExpertFigures read(final ImageReader in, final int places) {
    final ExpertFigures figures = new ExpertFigures(places);
    final float[] share = in.getFloats();
    if (share.length != places) {
      throw new MalformedImageException("figures of " + share.length + " experts");
    }
    System.arraycopy(share, 0, figures.share, 0, places);
    figures.alarm = in.getBoolean();
    figures.errors = Adwin.read(in);
    return figures;
  }
}
