package dev.braid.experts.basic;

import dev.braid.experts.CounterRandom;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * What a linear model sees of a row of inputs: a constant 1, the inputs themselves and, if it is
 * crossed, products of two of them, squares first. All have a place of their own as long as there
 * are enough; inputs beyond share the places by hashing with a random sign (Weinberger et al.,
 * "Feature Hashing for Large Scale Multitask Learning", 2009), products beyond are drawn at random.
 * Places are given out in the order in which inputs appear, so that growing only appends.
 */
final class InputCrosses {
  private static final long SLOT_SEED = 0x2545f4914f6cdd1dL;
  private static final long PAIR_SEED = 0x5bd1e995L;

  private final boolean crossed;
  private final int width;
  private int outputs = 1;
  // By input: its place, and 1 or -1.
  private int[] slot = new int[0];
  private double[] sign = new double[0];
  // By product: the inputs, and its place.
  private int[] first = new int[0];
  private int[] second = new int[0];
  private int[] productSlot = new int[0];

  /**
   * @param width places at the most, 1 or more
   */
  InputCrosses(final boolean crossed, final int width) {
    this.crossed = crossed;
    this.width = width;
  }

  boolean crossed() {
    return crossed;
  }

  int width() {
    return width;
  }

  /** Places given out, 1 or more. */
  int outputs() {
    return outputs;
  }

  /**
   * @param row shape [inputs]
   * @param out shape [outputs]
   */
  void expand(final float[] row, final double[] out) {
    Arrays.fill(out, 0);
    out[0] = 1;
    for (int i = 0; i < slot.length; i++) {
      out[slot[i]] += sign[i] * row[i];
    }
    for (int p = 0; p < first.length; p++) {
      out[productSlot[p]] = (double) row[first[p]] * row[second[p]];
    }
  }

  /** Gives places to what is new. */
  void grow(final int inputs) {
    final int known = slot.length;
    slot = Arrays.copyOf(slot, inputs);
    sign = Arrays.copyOf(sign, inputs);
    for (int i = known; i < inputs; i++) {
      if (outputs < width) {
        slot[i] = outputs++;
        sign[i] = 1;
      } else {
        slot[i] = CounterRandom.below(width, SLOT_SEED, i);
        sign[i] = CounterRandom.below(2, ~SLOT_SEED, i) == 0 ? 1 : -1;
      }
    }
    if (crossed && inputs > known) {
      addProducts(known, inputs);
    }
  }

  private void addProducts(final int known, final int inputs) {
    final int squares = inputs - known;
    final long pairs = (long) inputs * (inputs - 1) / 2 - (long) known * (known - 1) / 2;
    final int more = (int) Math.min(squares + pairs, width - outputs);
    int at = first.length;
    first = Arrays.copyOf(first, at + more);
    second = Arrays.copyOf(second, at + more);
    productSlot = Arrays.copyOf(productSlot, at + more);
    for (int p = at; p < at + more; p++) {
      productSlot[p] = outputs++;
    }
    for (int i = known; i < inputs && at < first.length; i++) {
      first[at] = i;
      second[at++] = i;
    }
    if (squares + pairs == more) {
      for (int i = known; i < inputs; i++) {
        for (int other = 0; other < i; other++) {
          first[at] = other;
          second[at++] = i;
        }
      }
      return;
    }
    // Drawn with replacement: among that many a repetition is rare and harmless.
    for (; at < first.length; at++) {
      final int from = Math.max(1, known);
      second[at] = from + CounterRandom.below(inputs - from, PAIR_SEED, 2L * at);
      first[at] = CounterRandom.below(second[at], PAIR_SEED, 2L * at + 1);
    }
  }

  long sizeBytes() {
    return 144 + 12L * slot.length + 12L * first.length;
  }

  /** Layout: places given out, place and sign of each input, inputs and place of each product. */
  void write(final ImageWriter out) {
    out.putInt(outputs).putInts(slot, slot.length).putDoubles(sign, sign.length);
    out.putInts(first, first.length).putInts(second, second.length);
    out.putInts(productSlot, productSlot.length);
  }

  /** Reads what {@link #write} wrote of as many inputs. */
  void read(final ImageReader in, final int inputs) {
    outputs = in.getIntIn(1, width, "inputs of a linear model");
    slot = in.getInts();
    sign = in.getDoubles();
    first = in.getInts();
    second = in.getInts();
    productSlot = in.getInts();
    if (slot.length != inputs
        || sign.length != inputs
        || second.length != first.length
        || productSlot.length != first.length) {
      throw new MalformedImageException("a linear model does not fit its inputs");
    }
    ImageReader.requireIn(slot, 0, outputs - 1, "place of an input");
    ImageReader.requireIn(sign, -1, 1, "sign of an input");
    ImageReader.requireIn(first, 0, inputs - 1, "an input of a product");
    ImageReader.requireIn(second, 0, inputs - 1, "an input of a product");
    ImageReader.requireIn(productSlot, 0, outputs - 1, "place of a product");
  }
}
