package dev.braid.experts.moe.device;

import java.nio.ByteBuffer;
import java.util.List;

/** An emulated device that fails for good at the n-th time that it is asked for one thing. */
public final class FailingDevice implements Device {
  /** What it fails at. */
  public enum At {
    EXECUTE,
    FINISH,
    WRITE,
    READ,
    EXCHANGE
  }

  private final Device device;
  private final At at;
  private int left;
  private boolean failed;
  private boolean closed;

  public FailingDevice(final Device device, final At at, final int good) {
    this.device = device;
    this.at = at;
    left = good;
  }

  private void ask(final At what) {
    if (what == at && left-- <= 0) {
      failed = true;
    }
    if (failed) {
      throw new DeviceException("the device is lost at " + at);
    }
  }

  public boolean failed() {
    return failed;
  }

  public boolean closed() {
    return closed;
  }

  @Override
  public String name() {
    return "failing device";
  }

  @Override
  public long bytes() {
    return device.bytes();
  }

  @Override
  public void launch(final Kernel kernel, final Step step, final Round round, final Grid grid) {
    device.launch(kernel, step, round, grid);
  }

  @Override
  public void multiply(final Product product) {
    device.multiply(product);
  }

  @Override
  public ByteBuffer input(final int buffer) {
    return device.input(buffer);
  }

  @Override
  public ByteBuffer output(final int buffer) {
    return device.output(buffer);
  }

  @Override
  public void begin(final Step step, final int inputBytes) {
    device.begin(step, inputBytes);
  }

  @Override
  public void run(final Object kind, final Runnable program) {
    ask(At.EXECUTE);
    device.run(kind, program);
  }

  @Override
  public void end(final Step step, final int outputBytes) {
    device.end(step, outputBytes);
  }

  @Override
  public ByteBuffer leaving() {
    return device.leaving();
  }

  @Override
  public ByteBuffer coming() {
    return device.coming();
  }

  @Override
  public void exchange(final List<Area> areas, final boolean leave, final boolean waits) {
    ask(At.EXCHANGE);
    device.exchange(areas, leave, waits);
  }

  @Override
  public void finishExchange() {
    ask(At.EXCHANGE);
    device.finishExchange();
  }

  @Override
  public void finish(final int buffer) {
    ask(At.FINISH);
    device.finish(buffer);
  }

  @Override
  public void write(final long to, final float[] from, final int offset, final int length) {
    ask(At.WRITE);
    device.write(to, from, offset, length);
  }

  @Override
  public void read(final long from, final float[] to, final int offset, final int length) {
    ask(At.READ);
    device.read(from, to, offset, length);
  }

  @Override
  public void writeInts(final long to, final int[] from) {
    device.writeInts(to, from);
  }

  @Override
  public void readInts(final long from, final int[] to) {
    device.readInts(from, to);
  }

  @Override
  public void close() {
    closed = true;
    device.close();
  }
}
