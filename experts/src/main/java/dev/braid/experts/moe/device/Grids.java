package dev.braid.experts.moe.device;

import dev.braid.experts.moe.device.Device.Grid;

/** How many blocks and threads the kernels of {@code moe.cu} run with. */
final class Grids {
  private static final int WARP = 32;
  private static final int WARPS_PER_BLOCK = 4;
  private static final int LANES = 8;
  private static final int THREADS = 256;
  private static final int MOST_BLOCKS = 8192;

  private Grids() {}

  static Grid oneBlock() {
    return new Grid(1, 1, THREADS, 1);
  }

  /** One warp for each of so many items. */
  static Grid warps(final long items) {
    return new Grid(blocks(items, WARPS_PER_BLOCK), 1, WARPS_PER_BLOCK * WARP, 1);
  }

  /** Sums of so many columns. */
  static Grid columns(final long count, final int matrices) {
    return new Grid(blocks(count, WARP), matrices, WARP, LANES);
  }

  /** Threads that stride over so many elements, for each of so many parts. */
  static Grid flat(final long elements, final int parts) {
    final int most = Math.max(1, MOST_BLOCKS / parts);
    return new Grid(Math.min(most, blocks(elements, THREADS)), parts, THREADS, 1);
  }

  /** A thread for each of so many columns, and as many of these as pay for as many rows. */
  static Grid overRows(final long columns, final int rows) {
    final int wide = blocks(columns, THREADS);
    return new Grid(wide, Math.max(1, Math.min(rows, MOST_BLOCKS / wide)), THREADS, 1);
  }

  private static int blocks(final long items, final int perBlock) {
    return Math.toIntExact((items + perBlock - 1) / perBlock);
  }
}
