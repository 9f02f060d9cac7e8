package dev.braid.experts.moe.net;

/**
 * A layer whose every edge is a learned function of one number: {@code w silu(x) + sum_k c_k
 * B_k(x)}, with cubic B-splines B over a uniform grid of cells from -3 to 3 (KAN, Liu et al. 2024,
 * section 2.3). Beyond the grid the spline is constant and the first term alone goes on. Edges lie
 * in an array of parameters: the factors w in shape [out][in], the coefficients in [out][in][cells
 * + 3].
 */
public final class Splines {
  private static final float RANGE = 3;

  /** Splines that are not 0 at a point. */
  private static final int NEAR = 4;

  /** Floats of room that a pass needs. */
  public static final int ROOM = 2 * NEAR + 2;

  private Splines() {}

  /** Coefficients of an edge. */
  public static int coefficients(final int cells) {
    return cells + NEAR - 1;
  }

  /**
   * @param in numbers of a row
   * @param out numbers that come out for it
   * @param cells of the grid, 1 or more
   * @param x shape [rows][in]
   * @param w where the factors lie in theta
   * @param c where the coefficients do
   * @param y receives shape [rows][out]
   * @param room {@link #ROOM} floats at an offset
   */
  public static void forward(
      final int in,
      final int out,
      final int cells,
      final int rows,
      final float[] x,
      final int xo,
      final float[] theta,
      final int w,
      final int c,
      final float[] y,
      final int yo,
      final float[] room,
      final int at) {
    final int each = coefficients(cells);
    for (int r = 0; r < rows; r++) {
      final int to = yo + r * out;
      for (int o = 0; o < out; o++) {
        y[to + o] = 0;
      }
      for (int i = 0; i < in; i++) {
        final int first = values(cells, x[xo + r * in + i], room, at);
        for (int o = 0; o < out; o++) {
          final int edge = o * in + i;
          final int from = c + edge * each + first;
          float sum = theta[w + edge] * room[at + 2 * NEAR];
          for (int k = 0; k < NEAR; k++) {
            sum += theta[from + k] * room[at + k];
          }
          y[to + o] += sum;
        }
      }
    }
  }

  /**
   * Adds the gradient of the edges to theirs.
   *
   * @param yGradient shape [rows][out]
   * @param gradient of theta, for the same offsets
   * @param xGradient receives that of x at its offset; null where it is not wanted
   */
  public static void backward(
      final int in,
      final int out,
      final int cells,
      final int rows,
      final float[] x,
      final int xo,
      final float[] theta,
      final int w,
      final int c,
      final float[] yGradient,
      final int yo,
      final float[] gradient,
      final float[] xGradient,
      final int go,
      final float[] room,
      final int at) {
    final int each = coefficients(cells);
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < in; i++) {
        final int first = values(cells, x[xo + r * in + i], room, at);
        float slope = 0;
        for (int o = 0; o < out; o++) {
          final float g = yGradient[yo + r * out + o];
          final int edge = o * in + i;
          final int from = c + edge * each + first;
          float inner = theta[w + edge] * room[at + 2 * NEAR + 1];
          gradient[w + edge] += g * room[at + 2 * NEAR];
          for (int k = 0; k < NEAR; k++) {
            gradient[from + k] += g * room[at + k];
            inner += theta[from + k] * room[at + NEAR + k];
          }
          slope += g * inner;
        }
        if (xGradient != null) {
          xGradient[go + r * in + i] = slope;
        }
      }
    }
  }

  /**
   * At a point, leaves the splines that are not 0 there, their slopes, silu and its slope, {@link
   * #ROOM} floats at an offset; which is the first of them.
   */
  public static int values(final int cells, final float x, final float[] to, final int at) {
    final float inside = Math.max(-RANGE, Math.min(RANGE, x));
    final float place = (inside + RANGE) * (cells / (2 * RANGE));
    final int cell = Math.min(cells - 1, (int) place);
    final float u = place - cell;
    final float v = 1 - u;
    to[at] = v * v * v / 6;
    to[at + 1] = ((3 * u - 6) * u * u + 4) / 6;
    to[at + 2] = ((3 * v - 6) * v * v + 4) / 6;
    to[at + 3] = u * u * u / 6;
    final float scale = inside == x ? cells / (2 * RANGE) : 0;
    to[at + NEAR] = -0.5f * scale * v * v;
    to[at + NEAR + 1] = scale * (1.5f * u - 2) * u;
    to[at + NEAR + 2] = -scale * (1.5f * v - 2) * v;
    to[at + NEAR + 3] = 0.5f * scale * u * u;
    final float gate = (float) (1 / (1 + StrictMath.exp(-x)));
    to[at + 2 * NEAR] = x * gate;
    to[at + 2 * NEAR + 1] = gate * (1 + x * (1 - gate));
    return cell;
  }
}
