package dev.braid.experts.moe.device;

import dev.braid.experts.moe.Precision;
import dev.braid.experts.moe.device.Device.Grid;
import dev.braid.experts.moe.device.Device.Round;
import dev.braid.experts.moe.device.Device.Step;
import dev.braid.experts.moe.net.Adam;
import java.nio.ByteBuffer;
import java.util.function.IntToDoubleFunction;

/**
 * The kernels of {@code moe.cu} once more in Java, with the same grids and the same index
 * arithmetic: every loop over a lane's, thread's or block's elements is the one in the source, and
 * sums over a warp or a block are taken in the source's order.
 */
final class EmulatedKernels {
  private static final int WARP = 32;
  private static final int LANES = 8;
  private static final float SMALLEST = Float.MIN_NORMAL;

  private final DeviceShape spec;
  private final DeviceLayout layout;
  private final ByteBuffer memory;
  private final int inputs;
  private final int hidden;
  private final int classes;
  private final int experts;
  private final int total;
  private final int slots;
  private final int chosen;
  private final boolean sigmoid;
  private final boolean normalised;
  private final boolean half;

  /** Of the kernel that runs. */
  private int rows;

  private int buffer;

  private Round round;

  EmulatedKernels(final DeviceLayout layout, final ByteBuffer memory) {
    spec = layout.shape();
    this.layout = layout;
    this.memory = memory;
    inputs = spec.inputs();
    hidden = spec.hidden();
    classes = spec.classes();
    experts = spec.experts();
    total = spec.totalExperts();
    slots = layout.allSlots();
    chosen = spec.chosen();
    sigmoid = spec.gate() == 2;
    normalised = sigmoid || (spec.gate() == 1 && chosen > 1);
    half = layout.precision() == Precision.BF16;
  }

  void run(final Kernel kernel, final Step step, final Round of, final Grid grid) {
    round = of;
    rows = step.rows();
    buffer = step.buffer();
    final int warps = grid.blocksX() * grid.threadsX() / WARP;
    final long threads = (long) grid.blocksX() * grid.threadsX();
    switch (kernel) {
      case GATE_CHOOSE -> eachWarp(warps, this::gateChoose);
      case BIAS_RELU -> biasRelu(grid);
      case COMBINE -> eachWarp(warps, this::combine);
      case EXPERT_PROBABILITIES -> eachWarp(warps, this::expertProbabilities);
      case COUNT -> count(grid);
      case SCHEDULE -> schedule(grid.threadsX());
      case TURN_BACK -> eachWarp(warps, this::turnBack);
      case GATE_BACKWARD -> eachWarp(warps, this::gateBackward);
      case OUTPUT_BIAS -> outputBias(grid);
      case HIDDEN_BACKWARD -> hiddenBackward(grid);
      case GATE_BIAS -> gateBias(grid);
      case ADAM -> adam(grid);
      case ADAM_GATE -> adamGate(threads);
      case CONVERT_INPUTS -> convertInputs(threads);
      case CONVERT_WEIGHTS -> convertWeights(grid);
      case GROUP -> eachWarp(warps, this::group);
      case GATHER -> eachWarp(warps, this::gather);
      case GROUP_RELU -> eachWarp(warps, this::groupRelu);
      case GROUP_BIAS -> eachWarp(warps, this::groupBias);
      case GROUP_COMBINE -> eachWarp(warps, this::groupCombine);
      case GROUP_EXPERT_PROBABILITIES -> eachWarp(warps, this::groupExpertProbabilities);
      case GROUP_TURN_BACK -> eachWarp(warps, this::groupTurnBack);
      case GROUP_HIDDEN_BACKWARD -> groupHiddenBackward(grid);
    }
  }

  private interface Warp {
    void run(int index);
  }

  private static void eachWarp(final int warps, final Warp warp) {
    for (int i = 0; i < warps; i++) {
      warp.run(i);
    }
  }

  // Memory.

  float number(final long at, final long index, final boolean low) {
    return low
        ? Float.intBitsToFloat(memory.getShort((int) (at + 2 * index)) << 16)
        : memory.getFloat((int) (at + 4 * index));
  }

  void number(final long at, final long index, final boolean low, final float value) {
    if (low) {
      final int bits = Float.floatToIntBits(value);
      // Round to nearest, ties to even.
      memory.putShort(
          (int) (at + 2 * index), (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16));
    } else {
      memory.putFloat((int) (at + 4 * index), value);
    }
  }

  private float get(final Field field, final long index) {
    return number(layout.at(field, buffer), index, false);
  }

  private void set(final Field field, final long index, final float value) {
    number(layout.at(field, buffer), index, false, value);
  }

  private float getLow(final Field field, final long index) {
    return number(layout.at(field, buffer), index, half);
  }

  private void setLow(final Field field, final long index, final float value) {
    number(layout.at(field, buffer), index, half, value);
  }

  private int getInt(final Field field, final long index) {
    return memory.getInt((int) (layout.at(field, buffer) + 4 * index));
  }

  private void setInt(final Field field, final long index, final int value) {
    memory.putInt((int) (layout.at(field, buffer) + 4 * index), value);
  }

  private long bias1() {
    return (long) slots * hidden * inputs;
  }

  private long bias2() {
    return bias1() + (long) slots * hidden * (1 + classes);
  }

  private long gateBias() {
    return bias2() + (long) slots * classes + (long) experts * inputs;
  }

  // Sums and maxima over a warp, exchanged between lanes as the source does.

  private interface Lane {
    float of(int lane);
  }

  private static float warpSum(final Lane lane) {
    final float[] values = lanes(lane);
    for (int step = WARP / 2; step > 0; step /= 2) {
      final float[] before = values.clone();
      for (int i = 0; i < WARP; i++) {
        values[i] = before[i] + before[i ^ step];
      }
    }
    return values[0];
  }

  private static float warpMax(final Lane lane) {
    float largest = Float.NEGATIVE_INFINITY;
    for (final float value : lanes(lane)) {
      largest = Math.max(largest, value);
    }
    return largest;
  }

  private static float[] lanes(final Lane lane) {
    final float[] values = new float[WARP];
    for (int i = 0; i < WARP; i++) {
      values[i] = lane.of(i);
    }
    return values;
  }

  /** A lane's sum over its elements of a row. */
  private static Lane over(final int length, final IntToDoubleFunction element) {
    return lane -> {
      float sum = 0;
      for (int i = lane; i < length; i += WARP) {
        sum += (float) element.applyAsDouble(i);
      }
      return sum;
    };
  }

  private static Lane largest(final int length, final IntToDoubleFunction element) {
    return lane -> {
      float most = Float.NEGATIVE_INFINITY;
      for (int i = lane; i < length; i += WARP) {
        most = Math.max(most, (float) element.applyAsDouble(i));
      }
      return most;
    };
  }

  // The kernels, in the source's order.

  private void gateChoose(final int row) {
    if (row >= rows) {
      return;
    }
    final boolean real = row < getInt(Field.HEADER, 0);
    final long from = (long) row * experts;
    final float most =
        warpMax(
            largest(
                experts, e -> get(Field.AFFINITY, from + e) + get(Field.THETA, gateBias() + e)));
    for (int e = 0; e < experts; e++) {
      final float logit = get(Field.AFFINITY, from + e) + get(Field.THETA, gateBias() + e);
      set(
          Field.AFFINITY,
          from + e,
          sigmoid ? (float) (1 / (1 + Math.exp(-logit))) : (float) Math.exp(logit - most));
    }
    if (!sigmoid) {
      final float sum = warpSum(over(experts, e -> get(Field.AFFINITY, from + e)));
      for (int e = 0; e < experts; e++) {
        set(Field.AFFINITY, from + e, get(Field.AFFINITY, from + e) / sum);
      }
    }
    final boolean all = chosen == experts;
    for (int e = 0; e < experts; e++) {
      set(Field.CHOSEN, from + e, all ? 1 : 0);
    }
    for (int j = 0; !all && j < chosen; j++) {
      final int at = best(from);
      set(Field.CHOSEN, from + at, 1);
    }
    final float sum =
        normalised
            ? Math.max(
                warpSum(
                    over(
                        experts, e -> get(Field.CHOSEN, from + e) * get(Field.AFFINITY, from + e))),
                SMALLEST)
            : 1;
    for (int e = 0; e < experts; e++) {
      final float mask = get(Field.CHOSEN, from + e);
      set(Field.WEIGHT, from + e, mask * get(Field.AFFINITY, from + e) / sum);
      set(Field.CHOSEN, from + e, real ? mask : 0);
    }
  }

  private int best(final long from) {
    final float[] best = new float[WARP];
    final int[] at = new int[WARP];
    for (int lane = 0; lane < WARP; lane++) {
      best[lane] = -1;
      at[lane] = experts;
      for (int e = lane; e < experts; e += WARP) {
        final float a = get(Field.AFFINITY, from + e);
        if (get(Field.CHOSEN, from + e) == 0 && a > best[lane]) {
          best[lane] = a;
          at[lane] = e;
        }
      }
    }
    for (int step = WARP / 2; step > 0; step /= 2) {
      final float[] otherBest = best.clone();
      final int[] otherAt = at.clone();
      for (int i = 0; i < WARP; i++) {
        final float theirs = otherBest[i ^ step];
        final int theirsAt = otherAt[i ^ step];
        if (theirs > best[i] || (theirs == best[i] && theirsAt < at[i])) {
          best[i] = theirs;
          at[i] = theirsAt;
        }
      }
    }
    return at[0];
  }

  private void biasRelu(final Grid grid) {
    final long width = (long) total * hidden;
    for (long column = 0; column < (long) grid.blocksX() * grid.threadsX(); column++) {
      if (column >= width) {
        continue;
      }
      final float bias = get(Field.THETA, bias1() + column);
      for (int y = 0; y < grid.blocksY(); y++) {
        for (int row = y; row < rows; row += grid.blocksY()) {
          final float sum = getLow(Field.HIDDEN, row * width + column) + bias;
          setLow(Field.HIDDEN, row * width + column, Math.max(sum, 0));
        }
      }
    }
  }

  private void combine(final int row) {
    if (row >= rows) {
      return;
    }
    final long to = (long) row * classes;
    for (int j = 0; j < classes; j++) {
      float z = 0;
      for (int e = 0; e < total; e++) {
        final float factor = e < experts ? get(Field.WEIGHT, (long) row * experts + e) : 1;
        z += factor * output(e, row, j);
      }
      set(Field.PROBABILITIES, to + j, z);
    }
    normalise(row);
  }

  /** Turns a row's logits into probabilities, and takes the gradient. */
  private void normalise(final int row) {
    final long to = (long) row * classes;
    final float most = warpMax(largest(classes, j -> get(Field.PROBABILITIES, to + j)));
    for (int j = 0; j < classes; j++) {
      set(Field.PROBABILITIES, to + j, (float) Math.exp(get(Field.PROBABILITIES, to + j) - most));
    }
    final float sum = warpSum(over(classes, j -> get(Field.PROBABILITIES, to + j)));
    final int label = getInt(Field.LABELS, row);
    final float scale = label < 0 ? 0 : Float.intBitsToFloat(getInt(Field.HEADER, 2));
    for (int j = 0; j < classes; j++) {
      final float p = get(Field.PROBABILITIES, to + j) / sum;
      set(Field.PROBABILITIES, to + j, p);
      set(Field.LOGIT_GRADIENT, to + j, (p - (j == label ? 1 : 0)) * scale);
    }
  }

  private float output(final int e, final int row, final int j) {
    return get(Field.OUTPUTS, ((long) e * rows + row) * classes + j)
        + get(Field.THETA, bias2() + (long) e * classes + j);
  }

  private void expertProbabilities(final int warp) {
    final int row = warp / total;
    final int e = warp % total;
    if (row >= rows) {
      return;
    }
    final boolean sees = e >= experts || get(Field.CHOSEN, (long) row * experts + e) != 0;
    final long to = ((long) row * total + e) * classes;
    final float most = warpMax(largest(classes, j -> output(e, row, j)));
    for (int j = 0; j < classes; j++) {
      set(Field.EXPERT_PROBABILITIES, to + j, (float) Math.exp(output(e, row, j) - most));
    }
    final float sum = warpSum(over(classes, j -> get(Field.EXPERT_PROBABILITIES, to + j)));
    for (int j = 0; j < classes; j++) {
      set(
          Field.EXPERT_PROBABILITIES,
          to + j,
          sees ? get(Field.EXPERT_PROBABILITIES, to + j) / sum : 0);
    }
  }

  private float columnSum(final IntToDoubleFunction element) {
    return columnSum(rows, element);
  }

  private static float columnSum(final int rows, final IntToDoubleFunction element) {
    float sum = 0;
    for (int lane = 0; lane < LANES; lane++) {
      float part = 0;
      for (int row = lane; row < rows; row += LANES) {
        part += (float) element.applyAsDouble(row);
      }
      sum += part;
    }
    return sum;
  }

  private void count(final Grid grid) {
    for (int e = 0; e < grid.blocksX() * WARP; e++) {
      final int column = e;
      final float seen =
          columnSum(row -> column < experts ? get(Field.CHOSEN, (long) row * experts + column) : 0);
      final float learned =
          columnSum(
              row ->
                  column < experts && getInt(Field.LABELS, row) >= 0
                      ? get(Field.CHOSEN, (long) row * experts + column)
                      : 0);
      if (e < total) {
        set(Field.LOAD, e, e < experts ? seen : getInt(Field.HEADER, 0));
        if (e < experts) {
          set(Field.COUNTS, e, learned);
        }
      }
    }
  }

  private void schedule(final int threads) {
    final float keep = Float.intBitsToFloat(getInt(Field.HEADER, 3));
    for (int thread = 0; thread < threads; thread++) {
      for (int e = thread; e < experts; e += threads) {
        final float kept = (keep * get(Field.WINDOW, e) + Adam.FLUSH) - Adam.FLUSH;
        set(Field.WINDOW, e, kept + get(Field.COUNTS, e));
      }
    }
    float sum = 0;
    for (int e = 0; e < experts; e++) {
      sum += get(Field.WINDOW, e);
    }
    final float scale = Float.intBitsToFloat(getInt(Field.HEADER, 2));
    final float factor = (float) spec.balanceWeight() * experts * scale / sum;
    for (int thread = 0; thread < threads; thread++) {
      for (int e = thread; e < experts; e += threads) {
        set(Field.BALANCE, e, factor * get(Field.WINDOW, e));
      }
      for (int e = thread; e <= total; e += threads) {
        final boolean learns = e >= experts || get(Field.COUNTS, e) > 0;
        if (learns) {
          setInt(Field.STEPS, e, getInt(Field.STEPS, e) + 1);
          setInt(Field.CHANGED, e, 1);
          set(Field.RATE, e, Adam.rate((float) spec.learningRate(), getInt(Field.STEPS, e)));
          set(Field.EPSILON, e, Adam.epsilon(getInt(Field.STEPS, e)));
        } else {
          set(Field.RATE, e, 0);
        }
      }
    }
  }

  private void turnBack(final int warp) {
    final int e = warp / rows;
    final int row = warp % rows;
    if (e >= total) {
      return;
    }
    final float weight = e < experts ? get(Field.WEIGHT, (long) row * experts + e) : 1;
    final long to = ((long) e * rows + row) * classes;
    final float inner =
        warpSum(
            over(
                classes,
                j -> {
                  final float dz = get(Field.LOGIT_GRADIENT, (long) row * classes + j);
                  final float product = dz * output(e, row, j);
                  setLow(Field.OUTPUT_GRADIENT, to + j, weight * dz);
                  return product;
                }));
    if (e < experts) {
      set(Field.WEIGHT_GRADIENT, (long) row * experts + e, inner);
    }
  }

  private void gateBackward(final int row) {
    if (row >= rows) {
      return;
    }
    final boolean learns = getInt(Field.LABELS, row) >= 0;
    final long from = (long) row * experts;
    final IntToDoubleFunction a = e -> get(Field.AFFINITY, from + e);
    for (int e = 0; e < experts; e++) {
      final boolean counts = get(Field.CHOSEN, from + e) != 0;
      set(Field.WEIGHT_GRADIENT, from + e, counts ? get(Field.WEIGHT_GRADIENT, from + e) : 0);
    }
    final float chosenSum =
        normalised
            ? Math.max(
                warpSum(
                    over(
                        experts, e -> get(Field.CHOSEN, from + e) * get(Field.AFFINITY, from + e))),
                SMALLEST)
            : 1;
    final float inner =
        normalised
            ? warpSum(
                over(
                    experts,
                    e -> get(Field.WEIGHT, from + e) * get(Field.WEIGHT_GRADIENT, from + e)))
            : 0;
    final float all = sigmoid ? Math.max(warpSum(over(experts, a)), SMALLEST) : 1;
    final float balanced =
        sigmoid
            ? warpSum(over(experts, e -> get(Field.AFFINITY, from + e) * get(Field.BALANCE, e)))
                / all
            : 0;
    for (int e = 0; e < experts; e++) {
      final float choice =
          get(Field.CHOSEN, from + e) * (get(Field.WEIGHT_GRADIENT, from + e) - inner) / chosenSum;
      set(Field.WEIGHT_GRADIENT, from + e, (get(Field.BALANCE, e) - balanced) / all + choice);
    }
    final float mean =
        sigmoid
            ? 0
            : warpSum(
                over(
                    experts,
                    e -> get(Field.WEIGHT_GRADIENT, from + e) * get(Field.AFFINITY, from + e)));
    for (int e = 0; e < experts; e++) {
      final float value = get(Field.AFFINITY, from + e);
      final float slope = sigmoid ? value * (1 - value) : value;
      set(
          Field.AFFINITY,
          from + e,
          learns ? slope * (get(Field.WEIGHT_GRADIENT, from + e) - mean) : 0);
    }
  }

  private void outputBias(final Grid grid) {
    for (int e = 0; e < grid.blocksY(); e++) {
      final long from = (long) e * round.capacity() * classes;
      for (int j = 0; j < grid.blocksX() * WARP; j++) {
        final int column = j;
        final float sum =
            columnSum(
                round.capacity(),
                row ->
                    column < classes
                        ? getLow(Field.OUTPUT_GRADIENT, from + (long) row * classes + column)
                        : 0);
        if (j < classes) {
          set(Field.GRADIENT, bias2() + (round.firstSlot() + e) * (long) classes + j, sum);
        }
      }
    }
  }

  private void hiddenBackward(final Grid grid) {
    final long width = (long) total * hidden;
    for (long c = 0; c < (long) grid.blocksX() * WARP; c++) {
      final long column = c;
      final float sum =
          columnSum(
              row -> {
                if (column >= width) {
                  return 0;
                }
                final long i = row * width + column;
                final float masked =
                    getLow(Field.HIDDEN, i) > 0 ? getLow(Field.HIDDEN_GRADIENT, i) : 0;
                setLow(Field.HIDDEN_GRADIENT, i, masked);
                return masked;
              });
      if (column < width) {
        set(Field.GRADIENT, bias1() + column, sum);
      }
    }
  }

  private void gateBias(final Grid grid) {
    for (int e = 0; e < grid.blocksX() * WARP; e++) {
      final int column = e;
      final float sum =
          columnSum(
              row -> column < experts ? get(Field.AFFINITY, (long) row * experts + column) : 0);
      if (e < experts) {
        set(Field.GRADIENT, gateBias() + e, sum);
      }
    }
  }

  private void adam(final Grid grid) {
    final long threads = (long) grid.blocksX() * grid.threadsX();
    final long first = (long) hidden * inputs;
    final long second = (long) classes * hidden;
    for (int y = 0; y < grid.blocksY(); y++) {
      final int e = getInt(Field.EXPERT_AT, round.firstSeat() + y);
      final float rate = e < 0 ? 0 : get(Field.RATE, e);
      if (rate == 0) {
        continue;
      }
      final float epsilon = get(Field.EPSILON, e);
      final long slot = (long) round.firstSlot() + y;
      final long w2 = bias1() + (long) slots * hidden;
      adamOver(threads, slot * first, first, rate, epsilon, Field.LOW1, slot * first);
      adamOver(threads, bias1() + slot * hidden, hidden, rate, epsilon, null, 0);
      adamOver(threads, w2 + slot * second, second, rate, epsilon, Field.LOW2, slot * second);
      adamOver(threads, bias2() + slot * classes, classes, rate, epsilon, null, 0);
    }
  }

  private void adamGate(final long threads) {
    final long from = gateBias() - (long) experts * inputs;
    final long length = (long) experts * (inputs + 1);
    adamOver(threads, from, length, get(Field.RATE, total), get(Field.EPSILON, total), null, 0);
  }

  private void adamOver(
      final long threads,
      final long from,
      final long length,
      final float rate,
      final float epsilon,
      final Field copy,
      final long copyAt) {
    for (long thread = 0; thread < threads; thread++) {
      for (long i = from + thread; i < from + length; i += threads) {
        final float g = get(Field.GRADIENT, i);
        final float mean = (0.9f * get(Field.M, i) + (1 - 0.9f) * g + 1e-20f) - 1e-20f;
        final float square = (0.999f * get(Field.V, i) + (1 - 0.999f) * g * g + 1e-20f) - 1e-20f;
        final float updated =
            get(Field.THETA, i) - rate * mean / ((float) Math.sqrt(square) + epsilon);
        set(Field.M, i, mean);
        set(Field.V, i, square);
        set(Field.THETA, i, updated);
        if (half && copy != null) {
          setLow(copy, copyAt + i - from, updated);
        }
      }
    }
  }

  // The rounds of a gate that chooses.

  private void group(final int e) {
    if (e >= total) {
      return;
    }
    final long list = (long) e * rows;
    int found = 0;
    for (int from = 0; from < rows; from += WARP) {
      int together = 0;
      for (int lane = 0; lane < WARP; lane++) {
        final int row = from + lane;
        final boolean computes =
            row < getInt(Field.HEADER, 0)
                && row < rows
                && (e >= experts || get(Field.CHOSEN, (long) row * experts + e) != 0);
        together |= computes ? 1 << lane : 0;
      }
      for (int lane = 0; lane < WARP; lane++) {
        final int row = from + lane;
        final boolean computes = (together >>> lane & 1) != 0;
        final int nth = found + Integer.bitCount(together & ((1 << lane) - 1));
        if (computes) {
          setInt(Field.ROW_OF, list + nth, row);
        }
        if (row < rows && e < experts) {
          setInt(Field.POSITION, (long) row * experts + e, computes ? nth : -1);
        }
      }
      found += Integer.bitCount(together);
    }
    for (int lane = 0; lane < WARP; lane++) {
      for (int i = found + lane; i < rows; i += WARP) {
        setInt(Field.ROW_OF, list + i, -1);
      }
    }
  }

  private int seat(final int warp) {
    return warp / round.capacity();
  }

  private int expert(final int warp) {
    return getInt(Field.EXPERT_AT, round.firstSeat() + seat(warp));
  }

  /** The row of a warp's seat, -1 for padding. */
  private int row(final int warp) {
    final int e = expert(warp);
    return e < 0 ? -1 : getInt(Field.ROW_OF, (long) e * rows + warp % round.capacity());
  }

  private void gather(final int warp) {
    if (seat(warp) >= round.seats()) {
      return;
    }
    final int row = row(warp);
    for (int j = 0; j < inputs; j++) {
      final float value = row < 0 ? 0 : get(Field.X, (long) row * inputs + j);
      setLow(Field.GATHERED, (long) warp * inputs + j, value);
    }
  }

  private void groupRelu(final int warp) {
    if (seat(warp) >= round.seats()) {
      return;
    }
    final long bias = bias1() + (long) (round.firstSlot() + seat(warp)) * hidden;
    for (int u = 0; u < hidden; u++) {
      final long i = (long) warp * hidden + u;
      setLow(Field.HIDDEN, i, Math.max(getLow(Field.HIDDEN, i) + get(Field.THETA, bias + u), 0));
    }
  }

  private long outputsOf(final int warp) {
    return ((long) (round.firstSeat() + seat(warp)) * rows + warp % round.capacity()) * classes;
  }

  private void groupBias(final int warp) {
    if (seat(warp) >= round.seats()) {
      return;
    }
    final long out = outputsOf(warp);
    final long bias = bias2() + (long) (round.firstSlot() + seat(warp)) * classes;
    for (int j = 0; j < classes; j++) {
      set(Field.OUTPUTS, out + j, get(Field.OUTPUTS, out + j) + get(Field.THETA, bias + j));
    }
  }

  /** Where an expert's outputs for a row lie, -1 where it did not compute it. */
  private long outputOf(final int row, final int e) {
    final int i = e < experts ? getInt(Field.POSITION, (long) row * experts + e) : row;
    return i < 0 ? -1 : ((long) getInt(Field.SEAT_OF, e) * rows + i) * classes;
  }

  private void groupCombine(final int row) {
    if (row >= rows) {
      return;
    }
    final boolean real = row < getInt(Field.HEADER, 0);
    final long to = (long) row * classes;
    for (int j = 0; j < classes; j++) {
      float z = 0;
      for (int e = 0; real && e < total; e++) {
        final long out = outputOf(row, e);
        if (out >= 0) {
          final float weight = e < experts ? get(Field.WEIGHT, (long) row * experts + e) : 1;
          z += weight * get(Field.OUTPUTS, out + j);
        }
      }
      set(Field.PROBABILITIES, to + j, z);
    }
    normalise(row);
  }

  private void groupExpertProbabilities(final int warp) {
    final int row = warp / total;
    final int e = warp % total;
    if (row >= rows) {
      return;
    }
    final long to = ((long) row * total + e) * classes;
    final long out = row < getInt(Field.HEADER, 0) ? outputOf(row, e) : -1;
    if (out < 0) {
      for (int j = 0; j < classes; j++) {
        set(Field.EXPERT_PROBABILITIES, to + j, 0);
      }
      return;
    }
    final float most = warpMax(largest(classes, j -> get(Field.OUTPUTS, out + j)));
    for (int j = 0; j < classes; j++) {
      set(Field.EXPERT_PROBABILITIES, to + j, (float) Math.exp(get(Field.OUTPUTS, out + j) - most));
    }
    final float sum = warpSum(over(classes, j -> get(Field.EXPERT_PROBABILITIES, to + j)));
    for (int j = 0; j < classes; j++) {
      set(Field.EXPERT_PROBABILITIES, to + j, get(Field.EXPERT_PROBABILITIES, to + j) / sum);
    }
  }

  private void groupTurnBack(final int warp) {
    if (seat(warp) >= round.seats()) {
      return;
    }
    final int row = row(warp);
    final int e = expert(warp);
    final long to = (long) warp * classes;
    if (row < 0) {
      for (int j = 0; j < classes; j++) {
        setLow(Field.OUTPUT_GRADIENT, to + j, 0);
      }
      return;
    }
    final float weight = e < experts ? get(Field.WEIGHT, (long) row * experts + e) : 1;
    final long out = outputsOf(warp);
    final float inner =
        warpSum(
            over(
                classes,
                j -> {
                  final float dz = get(Field.LOGIT_GRADIENT, (long) row * classes + j);
                  setLow(Field.OUTPUT_GRADIENT, to + j, weight * dz);
                  return dz * get(Field.OUTPUTS, out + j);
                }));
    if (e < experts) {
      set(Field.WEIGHT_GRADIENT, (long) row * experts + e, inner);
    }
  }

  private void groupHiddenBackward(final Grid grid) {
    for (int y = 0; y < grid.blocksY(); y++) {
      for (int u = 0; u < grid.blocksX() * WARP; u++) {
        final int unit = u;
        final long from = (long) y * round.capacity() * hidden + u;
        final float sum =
            columnSum(
                round.capacity(),
                row -> {
                  if (unit >= hidden) {
                    return 0;
                  }
                  final long i = from + (long) row * hidden;
                  final float masked =
                      getLow(Field.HIDDEN, i) > 0 ? getLow(Field.HIDDEN_GRADIENT, i) : 0;
                  setLow(Field.HIDDEN_GRADIENT, i, masked);
                  return masked;
                });
        if (u < hidden) {
          final long bias = bias1() + (long) (round.firstSlot() + y) * hidden;
          set(Field.GRADIENT, bias + u, sum);
        }
      }
    }
  }

  private void convertInputs(final long threads) {
    for (long thread = 0; thread < threads; thread++) {
      for (long i = thread; i < (long) rows * inputs; i += threads) {
        setLow(Field.ACTIVATIONS, i, get(Field.X, i));
      }
    }
  }

  private void convertWeights(final Grid grid) {
    final long threads = (long) grid.blocksX() * grid.threadsX();
    final long first = (long) hidden * inputs;
    final long second = (long) classes * hidden;
    for (int y = 0; y < grid.blocksY(); y++) {
      final long slot = (long) round.firstSlot() + y;
      final long w2 = bias1() + (long) slots * hidden + slot * second;
      for (long thread = 0; thread < threads; thread++) {
        for (long i = thread; i < first; i += threads) {
          setLow(Field.LOW1, slot * first + i, get(Field.THETA, slot * first + i));
        }
        for (long i = thread; i < second; i += threads) {
          setLow(Field.LOW2, slot * second + i, get(Field.THETA, w2 + i));
        }
      }
    }
  }
}
