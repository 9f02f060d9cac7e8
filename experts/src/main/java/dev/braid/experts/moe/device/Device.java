package dev.braid.experts.moe.device;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a layer needs of a device: one piece of memory, addressed by byte offsets as {@link
 * DeviceLayout} gives them, kernels, products, and copies. Every method may throw a {@link
 * DeviceException}; after one the device is only closed.
 */
public interface Device extends AutoCloseable {

  /** What it is, for the log. */
  String name();

  /** Device memory held. */
  long bytes();

  /**
   * A step that is carried out the same way whenever its record is equal.
   *
   * @param rows bucket that the batch is padded to
   * @param buffer where the batch lies
   * @param learn whether a row has a label
   * @param eachExpert whether each expert's probabilities are wanted
   */
  record Step(int rows, int buffer, boolean learn, boolean eachExpert) {}

  /**
   * Seats side by side whose experts are computed as one batched product.
   *
   * @param firstSlot where the weights of the first one's expert lie
   * @param capacity rows that each seat has, padding included
   */
  record Round(int firstSeat, int firstSlot, int seats, int capacity) {}

  /** A stretch of device memory, and where it lies in a buffer, in floats. */
  record Area(long at, int offset, int length) {}

  /** Blocks and threads of a kernel, in x and y. */
  record Grid(int blocksX, int blocksY, int threadsX, int threadsY) {}

  /**
   * A product c = op(a) op(b) in column-major order, as BLAS counts it, possibly batched.
   *
   * @param low whether a and b have the precision of activations, else 32 bits
   * @param lowResult whether c has
   */
  record Product(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      Operand a,
      Operand b,
      Operand c,
      int batch,
      boolean low,
      boolean lowResult) {}

  /**
   * A matrix of a product.
   *
   * @param at byte offset of the first element
   * @param ld elements from one column to the next
   * @param stride elements from one matrix of the batch to the next
   */
  record Operand(long at, int ld, long stride) {}

  void launch(Kernel kernel, Step step, Round round, Grid grid);

  void multiply(Product product);

  /** Host side of a buffer's input, of {@code inputBytes(maxRows)} bytes, in native order. */
  ByteBuffer input(int buffer);

  /** Host side of a buffer's output. */
  ByteBuffer output(int buffer);

  /** Begins to copy the buffer's input to the device; what is run after it finds it there. */
  void begin(Step step, int inputBytes);

  /**
   * Carries out kernels and products through the two methods above; returns before that is done.
   *
   * @param kind equal for programs that do the same each time, so that they can be recorded; null
   *     for one that is not worth it
   */
  void run(Object kind, Runnable program);

  /** Begins to copy the output back once all that was run is done. */
  void end(Step step, int outputBytes);

  /** Host side of what leaves in an exchange, in native order; empty where nothing ever leaves. */
  ByteBuffer leaving();

  /** Host side of what comes in an exchange. */
  ByteBuffer coming();

  /**
   * Begins to copy areas to {@link #leaving}, then {@link #coming} to the same areas; what is run
   * after it finds them there.
   *
   * @param waits whether the areas may be in use by what was run before; if not, the copies run
   *     beside it
   */
  void exchange(List<Area> areas, boolean leave, boolean waits);

  /** Waits for the last exchange. */
  void finishExchange();

  /** Waits until the buffer's output is there. */
  void finish(int buffer);

  /** Copies floats to the device, and waits. */
  void write(long to, float[] from, int offset, int length);

  /** Waits for all that was begun, then copies floats from the device. */
  void read(long from, float[] to, int offset, int length);

  void writeInts(long to, int[] from);

  void readInts(long from, int[] to);

  /** Gives everything back; never throws. */
  @Override
  void close();
}
