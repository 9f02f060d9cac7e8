package dev.braid.experts.moe.net;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/** Inputs and targets that wait for the next step of a network. */
public final class MiniBatch {
  private final float[][] input;
  private final float[][] target;
  private int inputs;
  private int targets;
  private int count;
  private long events;

  /** An empty batch of up to {@code capacity} pairs of the given widths. */
  public MiniBatch(final int capacity, final int inputs, final int targets) {
    input = new float[capacity][];
    target = new float[capacity][];
    this.inputs = inputs;
    this.targets = targets;
  }

  /** Copies one pair in; the caller clears the batch once it {@link #isFull()}. */
  public void add(final float[] x, final float[] y) {
    if (input[count] == null) {
      input[count] = new float[inputs];
      target[count] = new float[targets];
    }
    System.arraycopy(x, 0, input[count], 0, inputs);
    System.arraycopy(y, 0, target[count], 0, targets);
    count++;
    events++;
  }

  /** Whether a step is due. */
  public boolean isFull() {
    return count == input.length;
  }

  /** Pairs waiting. */
  public int count() {
    return count;
  }

  /** Events ever added. */
  public long events() {
    return events;
  }

  /** Forgets the pairs, not their number. */
  public void clear() {
    count = 0;
  }

  /** Inputs of the waiting pairs, shape [count or more][inputs]. Not a copy. */
  public float[][] inputs() {
    return input;
  }

  /** Targets of the waiting pairs, shape [count or more][targets]. Not a copy. */
  public float[][] targets() {
    return target;
  }

  /** Input of a waiting pair. Not a copy. */
  public float[] input(final int row) {
    return input[row];
  }

  /** Target of a waiting pair. Not a copy. */
  public float[] target(final int row) {
    return target[row];
  }

  /** Widens the rows; what is new is 0. */
  public void grow(final int newInputs, final int newTargets) {
    inputs = newInputs;
    targets = newTargets;
    for (int r = 0; r < input.length && input[r] != null; r++) {
      input[r] = Arrays.copyOf(input[r], inputs);
      target[r] = Arrays.copyOf(target[r], targets);
    }
  }

  /** Heap bytes held once it was full, an estimate. */
  public long sizeBytes() {
    return input.length * (4L * (inputs + targets) + 48);
  }

  /** Layout: events ever added, rows waiting, then each row's input and target. */
  public void write(final ImageWriter out) {
    out.putLong(events).putInt(count);
    for (int r = 0; r < count; r++) {
      out.putFloats(input[r], inputs).putFloats(target[r], targets);
    }
  }

  /** Reads what {@link #write} wrote into a batch of the same shape. */
  public void read(final ImageReader in) {
    events = in.getLong();
    count = in.getIntIn(0, input.length - 1, "rows of the pending mini-batch");
    for (int r = 0; r < count; r++) {
      input[r] = in.getFloats();
      target[r] = in.getFloats();
      if (input[r].length != inputs || target[r].length != targets) {
        throw new MalformedImageException("a row of the pending mini-batch has another width");
      }
    }
  }
}
