package dev.braid.experts.dense;

import java.nio.ByteBuffer;

/**
 * What a layer needs of a device: one piece of memory, addressed by byte offsets as {@link
 * DeviceLayout} gives them, kernels, products, and copies. Every method may throw a {@link
 * DeviceException}; after one the device is only closed.
 */
interface Device extends AutoCloseable {

  /** What it is, for the log. */
  String name();

  /** Device memory held. */
  long bytes();

  /**
   * A step that is carried out the same way whenever its record is equal.
   *
   * @param rows bucket that the batch is padded to
   * @param slot where the batch lies
   * @param learn whether a row has a label
   * @param votes whether each expert's probabilities are wanted
   */
  record Step(int rows, int slot, boolean learn, boolean votes) {}

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

  /** Carries out a step's kernels and products through the two methods below. */
  interface Program {
    void run(Step step);
  }

  void launch(Kernel kernel, Step step, Grid grid);

  void multiply(Product product);

  /** Host side of a slot's input, of {@code inputBytes(maxRows)} bytes, in native order. */
  ByteBuffer input(int slot);

  /** Host side of a slot's output. */
  ByteBuffer output(int slot);

  /**
   * Copies the slot's input to the device, runs the program, copies the output back; returns before
   * that is done.
   */
  void execute(Step step, int inputBytes, int outputBytes, Program program);

  /** Waits until the slot's output is there. */
  void finish(int slot);

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
