package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.RecentRows;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import java.util.List;

/**
 * For which of the newest rows each unit of an expert is on, where that is {@code w1 x + b1 > 0}.
 */
final class Activity {
  /** Newest rows that are looked at. */
  static final int ROWS = 256;

  private final boolean[][] on;
  private final int rows;

  private Activity(final boolean[][] on, final int rows) {
    this.on = on;
    this.rows = rows;
  }

  /** Whether the kind's units are on by these arrays. */
  static boolean isKnownOf(final Layout layout) {
    return layout.tensors().stream().map(Tensor::name).toList().containsAll(List.of("w1", "b1"));
  }

  static Activity of(final Step step, final float[] theta, final Layout layout, final int units) {
    final int d = step.inputs();
    final RecentRows recent = step.recent();
    final int rows = Math.min(ROWS, recent.rows());
    final boolean[][] on = new boolean[units][rows];
    for (int u = 0; u < units; u++) {
      for (int i = 0; i < rows; i++) {
        final int row = recent.place(i) * d;
        float sum = theta[layout.at("b1") + u];
        for (int j = 0; j < d; j++) {
          sum += theta[layout.at("w1") + u * d + j] * recent.x()[row + j];
        }
        on[u][i] = sum > 0;
      }
    }
    return new Activity(on, rows);
  }

  /** Rows for which a unit is on. */
  int count(final int unit) {
    return together(unit, unit);
  }

  /** Rows for which both units are on. */
  int together(final int a, final int b) {
    int count = 0;
    for (int i = 0; i < rows; i++) {
      count += on[a][i] && on[b][i] ? 1 : 0;
    }
    return count;
  }

  /**
   * The unit of a part whose rows are nearest to those of the part on average; -1 if it has none.
   */
  int representative(final int[] owner, final int part) {
    final double[] mean = new double[rows];
    int units = 0;
    for (int u = 0; u < owner.length; u++) {
      units += owner[u] == part ? 1 : 0;
    }
    for (int u = 0; u < owner.length; u++) {
      for (int i = 0; owner[u] == part && i < rows; i++) {
        mean[i] += on[u][i] ? 1.0 / units : 0;
      }
    }
    int best = -1;
    double least = 0;
    for (int u = 0; u < owner.length; u++) {
      double distance = 0;
      for (int i = 0; owner[u] == part && i < rows; i++) {
        final double apart = (on[u][i] ? 1 : 0) - mean[i];
        distance += apart * apart;
      }
      if (owner[u] == part && (best < 0 || distance < least)) {
        best = u;
        least = distance;
      }
    }
    return best;
  }
}
