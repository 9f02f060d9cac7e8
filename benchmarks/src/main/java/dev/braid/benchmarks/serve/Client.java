package dev.braid.benchmarks.serve;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A connection that stays open, with one request on its way at most. Never blocks. */
final class Client implements AutoCloseable {
  private static final byte[] END = bytes("\r\n\r\n");
  private static final byte[] LENGTH = bytes("content-length: ");
  private static final byte[] VERSION = bytes("\"model_version\":");

  private final SocketChannel channel;
  private final ByteBuffer out;
  private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
  private boolean atWork;
  private long due;
  private long sent;

  /**
   * @param longest bytes of a request, at most
   */
  Client(final InetSocketAddress address, final int longest) throws IOException {
    out = ByteBuffer.allocateDirect(longest);
    channel = SocketChannel.open(address);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
  }

  private static byte[] bytes(final String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * @param at when it was to be sent, in {@link System#nanoTime}
   */
  void send(final byte[] request, final long at) throws IOException {
    due = at;
    sent = System.nanoTime();
    atWork = true;
    in.clear();
    out.clear();
    out.put(request).flip();
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  /** Whether the answer is there as a whole. */
  boolean receive() throws IOException {
    if (channel.read(in) < 0) {
      throw new EOFException("the server closed a connection");
    }
    final int body = find(END, 0) + END.length;
    if (body < END.length) {
      return false;
    }
    final int length = find(LENGTH, 0);
    if (length < 0 || length > body) {
      throw new IOException("an answer does not tell its length");
    }
    if (in.position() < body + number(length + LENGTH.length)) {
      return false;
    }
    atWork = false;
    return true;
  }

  private int find(final byte[] text, final int from) {
    for (int at = from; at <= in.position() - text.length; at++) {
      int same = 0;
      while (same < text.length && in.get(at + same) == text[same]) {
        same++;
      }
      if (same == text.length) {
        return at;
      }
    }
    return -1;
  }

  private long number(final int from) {
    long number = 0;
    for (int at = from; at < in.position() && in.get(at) >= '0' && in.get(at) <= '9'; at++) {
      number = 10 * number + in.get(at) - '0';
    }
    return number;
  }

  boolean isAtWork() {
    return atWork;
  }

  /** When the last request was to be sent. */
  long due() {
    return due;
  }

  /** When it was. */
  long sent() {
    return sent;
  }

  /** Of the last answer. */
  int status() {
    return (int) number("HTTP/1.1 ".length());
  }

  /** Of the last answer, or -1 where it has none. */
  long modelVersion() {
    final int at = find(VERSION, 0);
    return at < 0 ? -1 : number(at + VERSION.length);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
